package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.object.ByteRange;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Optional;

/**
 * The bytes of a stretch of a composite. Pieces that lie one behind the other in the same blob, as those of a disk do in
 * its packs, are read as one stretch of it. Not thread-safe.
 */
public final class CompositeStream extends InputStream {
    private static final int BUFFER_BYTES = 256 * 1024;

    /** So much is rather read and dropped than jumped over. */
    private static final int MAX_SKIP = 32 * 1024;

    private final Composite composite;
    private final Source source;
    private final long end;
    private long position;
    private int piece;
    private Optional<Run> run = Optional.empty();

    /** Where stretches of blobs come from. */
    public interface Source {
        /** The caller closes the stream. */
        InputStream open(Digest blob, ByteRange range) throws IOException;
    }

    /** A stretch of a blob that is being read; where in the blob it goes on, and ends. */
    private static final class Run {
        private final Digest blob;
        private final InputStream in;
        private final long end;
        private long next;

        Run(Digest blob, InputStream in, ByteRange range) {
            this.blob = blob;
            this.in = in;
            this.next = range.offset();
            this.end = range.end();
        }

        boolean leadsTo(Digest wanted, long offset) {
            return blob.equals(wanted) && offset >= next && offset - next <= MAX_SKIP && offset < end;
        }

        void skipTo(long offset) throws IOException {
            in.skipNBytes(offset - next);
            next = offset;
        }

        void read(byte[] target, int offset, int length) throws IOException {
            if (in.readNBytes(target, offset, length) < length) {
                throw new EOFException(blob + " ends early");
            }
            next += length;
        }
    }

    /** @param range of which what is beyond the composite is left out */
    public CompositeStream(Composite composite, ByteRange range, Source source) {
        this.composite = composite;
        this.source = source;
        this.end = Math.min(range.end(), composite.length());
        this.position = Math.min(range.offset(), end);
        this.piece = position < end ? composite.pieceAt(position) : composite.count();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length > 0 && position == end) {
            return -1;
        }
        int wanted = (int) Math.min(length, end - position);
        for (int read = 0; read < wanted; ) {
            read += readUnit(target, offset + read, wanted - read);
        }
        return wanted;
    }

    /** Reads of the piece that the position lies in, and of that one time over. */
    private int readUnit(byte[] target, int offset, int length) throws IOException {
        while (composite.end(piece) <= position) {
            piece++;
        }
        int unit = composite.unitLength(piece);
        int within = (int) ((position - composite.start(piece)) % unit);
        int read = Math.min(length, unit - within);
        int from = composite.offset(piece) + within;
        if (composite.isOwn(piece)) {
            System.arraycopy(composite.own(), from, target, offset, read);
        } else {
            runFrom(composite.source(piece), from).read(target, offset, read);
        }
        position += read;
        return read;
    }

    private Run runFrom(Digest blob, long offset) throws IOException {
        Optional<Run> current = run.filter(reading -> reading.leadsTo(blob, offset));
        if (current.isPresent()) {
            current.get().skipTo(offset);
            return current.get();
        }
        close();
        ByteRange range = new ByteRange(offset, runEnd(blob, offset) - offset);
        Run opened = new Run(blob, source.open(blob, range), range);
        run = Optional.of(opened);
        return opened;
    }

    /** Where in the blob the pieces end that can be read in one go. */
    private long runEnd(Digest blob, long offset) {
        long runEnd = offset + Math.min(composite.end(piece), end) - position;
        for (int next = piece + 1; next < composite.count() && composite.start(next) < end; next++) {
            if (composite.isOwn(next)) {
                continue;
            }
            long from = composite.offset(next);
            if (!composite.source(next).equals(blob) || from < runEnd || from - runEnd > MAX_SKIP) {
                break;
            }
            runEnd = from + Math.min(composite.end(next), end) - composite.start(next);
        }
        return runEnd;
    }

    @Override
    public long transferTo(OutputStream target) throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, end - position)];
        long transferred = 0;
        for (int read = read(buffer); read > 0; read = read(buffer)) {
            target.write(buffer, 0, read);
            transferred += read;
        }
        return transferred;
    }

    @Override
    public void close() throws IOException {
        if (run.isPresent()) {
            run.get().in.close();
            run = Optional.empty();
        }
    }
}
