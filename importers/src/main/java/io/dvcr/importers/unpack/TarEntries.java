package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A tar as it streams by: POSIX ustar and pax, and GNU's long names. Keeps a MiB of it at most, whatever it says its
 * sizes are, and up to 16 MiB of the map of a sparse file. Not thread-safe.
 */
final class TarEntries {
    private static final int BUFFER_BYTES = 64 << 10;

    /** What a long name may have; Linux paths have 4096. */
    private static final int MAX_NAME_BYTES = 64 << 10;

    /** What an extended header may have, which may hold the map of a sparse file. */
    private static final int MAX_EXTENSION_BYTES = 1 << 20;

    private static final int MAX_EXTENSIONS_IN_A_ROW = 8;

    private final InputStream in;
    private TarHeader header;
    private boolean started;
    private long left;
    private long padding;

    TarEntries(InputStream in) throws IOException {
        this.in = in;
        this.header = readHeader();
    }

    /** Whether it begins as a tar does; an empty one is all zeros. */
    boolean isTar() {
        return header.isWhole() && (header.isEnd() || header.looksRight());
    }

    /**
     * The next entry; empty behind the last, when all there is has been read. What was not read of the one before is
     * passed over.
     *
     * @throws UnpackException if it is no tar, or goes on behind its end
     */
    Optional<TarEntry> next() throws IOException {
        TarExtension extension = TarExtension.NONE;
        for (int i = 0; i < MAX_EXTENSIONS_IN_A_ROW; i++) {
            advance();
            if (header.isEnd()) {
                requireNothingBehind();
                return Optional.empty();
            }
            TarEntry entry = header.parse();
            if (!entry.extension()) {
                TarEntry applied = begin(extension.applyTo(entry));
                return Optional.of(holes(applied, extension).map(applied::with).orElse(applied));
            }
            extension = extension.and(entry.type(), extensionOf(entry));
        }
        throw TarHeader.malformed("an entry has more than " + MAX_EXTENSIONS_IN_A_ROW + " extended headers");
    }

    private TarEntry begin(TarEntry entry) {
        left = entry.size();
        padding = (TarHeader.BYTES - left % TarHeader.BYTES) % TarHeader.BYTES;
        return entry;
    }

    /** Of a sparse file, what the tar has of it is all that is left then. */
    private Optional<TarHoles> holes(TarEntry entry, TarExtension extension) throws IOException {
        if (entry.sparseOfOld()) {
            return Optional.of(header.holes(this::wholeBlock, entry.size()));
        }
        if (extension.sparse().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(extension.sparse().get().holes(this::blockOfEntry, entry.size()));
    }

    private byte[] blockOfEntry() throws IOException {
        left -= TarHeader.BYTES;
        return wholeBlock();
    }

    private byte[] wholeBlock() throws IOException {
        byte[] block = in.readNBytes(TarHeader.BYTES);
        if (block.length < TarHeader.BYTES) {
            throw truncated();
        }
        return block;
    }

    private void advance() throws IOException {
        if (started) {
            pass(left);
            pass(padding);
            left = 0;
            padding = 0;
            header = readHeader();
        }
        started = true;
        if (!header.isWhole()) {
            throw truncated();
        }
    }

    private TarHeader readHeader() throws IOException {
        return new TarHeader(in.readNBytes(TarHeader.BYTES));
    }

    private byte[] extensionOf(TarEntry entry) throws IOException {
        if (entry.size() > (entry.type() == 'x' ? MAX_EXTENSION_BYTES : MAX_NAME_BYTES)) {
            throw TarHeader.malformed("an extended header has " + entry.size() + " bytes");
        }
        byte[] content = in.readNBytes((int) begin(entry).size());
        left -= content.length;
        return content;
    }

    /** What the tar has of the entry. */
    InputStream content() {
        return new BulkInputStream() {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return TarEntries.this.read(target, offset, length);
            }
        };
    }

    private int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0 || left == 0) {
            return length == 0 ? 0 : -1;
        }
        int read = in.read(target, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw truncated();
        }
        left -= read;
        return read;
    }

    private void pass(long bytes) throws IOException {
        byte[] buffer = new byte[(int) Math.min(bytes, BUFFER_BYTES)];
        for (long more = bytes; more > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(more, buffer.length));
            if (read < 0) {
                throw truncated();
            }
            more -= read;
        }
    }

    /** A tar ends with zeros, as many as its maker likes. */
    private void requireNothingBehind() throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            for (int i = 0; i < read; i++) {
                if (buffer[i] != 0) {
                    throw UnpackError.refuse(
                            Fault.TAR_TRAILING_BYTES, "something follows behind the end of the tar: expected nothing");
                }
            }
        }
    }

    private static UnpackException truncated() {
        return UnpackError.refuse(Fault.TAR_TRUNCATED, "the tar is cut off: expected more of it");
    }
}
