package io.dvcr.importers.mirror;

import io.dvcr.importers.mirror.CachedBlob.Piece;
import io.dvcr.importers.mirror.PartMap.Part;
import io.dvcr.importers.unpack.BulkInputStream;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * A stretch of a blob, read as it comes. If it is all of the blob, the last byte comes only when the whole has the blob's
 * digest. Not thread-safe.
 */
final class BlobStream extends BulkInputStream {
    private final CachedBlob blob;
    private final ByteRange range;
    private final BlobSource source;
    private long position;
    private Optional<Opened> opened = Optional.empty();

    /** A part that is stored, and where reading it is to end. */
    private record Opened(InputStream stream, long end) {}

    BlobStream(CachedBlob blob, ByteRange range, BlobSource source) {
        this.blob = blob;
        this.range = range;
        this.source = source;
        this.position = range.offset();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (position == range.end() || length == 0) {
            return length == 0 ? 0 : -1;
        }
        long limit = limit();
        while (true) {
            if (opened.isPresent()) {
                return readHeld(opened.get(), target, offset, (int) Math.min(length, limit - position));
            }
            switch (blob.piece(position, range, (int) Math.min(length, limit - position), source)) {
                case Piece.Arrived(long _, byte[] bytes) -> {
                    System.arraycopy(bytes, 0, target, offset, bytes.length);
                    position += bytes.length;
                    return bytes.length;
                }
                case Piece.Held(Part part) -> open(part);
            }
        }
    }

    /** How far may be read now. */
    private long limit() throws IOException {
        if (!range.equals(ByteRange.all(blob.size()))) {
            return range.end();
        }
        if (position < blob.size() - 1) {
            return blob.size() - 1;
        }
        blob.awaitWhole(source);
        return blob.size();
    }

    private void open(Part part) throws IOException {
        long end = Math.min(part.end(), range.end());
        try {
            opened = Optional.of(new Opened(blob.openPart(part, position, end), end));
        } catch (NoSuchFileException e) {
            blob.drop(part);
        }
    }

    private int readHeld(Opened held, byte[] target, int offset, int length) throws IOException {
        int read = held.stream().read(target, offset, length);
        if (read < 0) {
            throw new IOException("a part of blob " + blob.digest() + " is shorter than it should be");
        }
        position += read;
        if (position == held.end()) {
            close();
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        if (opened.isPresent()) {
            opened.get().stream().close();
            opened = Optional.empty();
        }
    }
}
