package io.dvcr.importers.volume;

import io.dvcr.importers.source.SourceError.VolumeChanged;
import io.dvcr.importers.source.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The bytes of a file, which ends only if nobody has written to it meanwhile. Not thread-safe. */
final class VolumeStream extends InputStream {
    private final Path path;
    private final VolumeFile file;
    private long left;

    /** @param file closed with this */
    VolumeStream(Path path, VolumeFile file) {
        this.path = path;
        this.file = file;
        this.left = file.size();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws SourceException with {@link VolumeChanged} if it is no longer what it was when it was opened */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            requireUnchanged();
            return -1;
        }
        int read = file.read(ByteBuffer.wrap(target, offset, (int) Math.min(length, left)));
        if (read < 0) {
            throw changed();
        }
        left -= read;
        return read;
    }

    private void requireUnchanged() throws IOException {
        try {
            if (file.hasChanged()) {
                throw changed();
            }
        } catch (NoSuchFileException e) {
            throw changed();
        }
    }

    private SourceException changed() {
        return new SourceException(new VolumeChanged(path.toString()));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
