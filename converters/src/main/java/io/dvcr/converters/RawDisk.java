package io.dvcr.converters;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/** A file, or a block device, that is a disk byte for byte. Where it has holes is not known. Thread-safe. */
public final class RawDisk implements RandomAccessDisk {
    private final Path path;
    private final FileChannel channel;
    private final long size;

    private RawDisk(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /** @throws IOException if it cannot be read, or is a directory */
    public static RawDisk open(Path path) throws IOException {
        return open(path, Long.MAX_VALUE);
    }

    /** A disk that ends after {@code sizeBytes}, whatever follows them in the file. */
    public static RawDisk open(Path path, long sizeBytes) throws IOException {
        FileChannel channel = FileChannel.open(path);
        try {
            return new RawDisk(path, channel, Math.min(channel.size(), sizeBytes));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), size);
        long position = offset;
        while (target.hasRemaining()) {
            int read = channel.read(target, position);
            if (read < 0) {
                throw new EOFException(path + " has become shorter than its " + size + " bytes while it is read");
            }
            position += read;
        }
    }

    @Override
    public Run runAt(long offset) {
        Objects.checkIndex(offset, size);
        return new Run(offset, size - offset, true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
