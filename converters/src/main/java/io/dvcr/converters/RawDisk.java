package io.dvcr.converters;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/** A file, or a block device, that is a disk byte for byte. Holes of a file are holes of the disk. Thread-safe. */
public final class RawDisk implements RandomAccessDisk {
    private final Path path;
    private final FileChannel channel;
    private final FileHoles holes;
    private final long size;

    private RawDisk(Path path, FileChannel channel, FileHoles holes, long size) {
        this.path = path;
        this.channel = channel;
        this.holes = holes;
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
            long size = Math.min(channel.size(), sizeBytes);
            return new RawDisk(path, channel, FileHoles.of(path), size);
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
                throw tooShort();
            }
            position += read;
        }
    }

    /** What a file no longer has must not pass for a hole. */
    private void requireWhole() throws IOException {
        if (channel.size() < size) {
            throw tooShort();
        }
    }

    private EOFException tooShort() {
        return new EOFException(path + " has become shorter than its " + size + " bytes while it is read");
    }

    @Override
    public Run runAt(long offset) throws IOException {
        Objects.checkIndex(offset, size);
        long data = Math.min(holes.nextData(offset).orElse(size), size);
        if (data > offset) {
            requireWhole();
            return new Run(offset, data - offset, false);
        }
        long hole = Math.min(holes.nextHole(offset).orElse(size), size);
        return new Run(offset, Math.max(hole, offset + 1) - offset, true); // it may have been punched just now
    }

    @Override
    public void close() throws IOException {
        holes.close();
        channel.close();
    }
}
