package io.dvcr.converters.format;

import io.dvcr.converters.RandomAccessDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A mapped disk together with the file that it lies in, which is closed with it. Thread-safe. */
public final class MappedFile implements RandomAccessDisk {
    private final FileChannel file;
    private final RandomAccessDisk disk;

    private MappedFile(FileChannel file, RandomAccessDisk disk) {
        this.file = file;
        this.disk = disk;
    }

    /** Opens the disk in a file that has passed inspection. */
    public static MappedFile open(Path path, MappedDisk mapped) throws IOException {
        FileChannel file = FileChannel.open(path);
        try {
            return new MappedFile(file, mapped.open(FileContent.of(file)));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        disk.read(offset, target);
    }

    @Override
    public Run runAt(long offset) throws IOException {
        return disk.runAt(offset);
    }

    @Override
    public void close() throws IOException {
        try (file) {
            disk.close();
        }
    }
}
