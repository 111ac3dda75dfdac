package io.dvcr.converters.disk;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.dvcr.converters.DiskSink;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** A new file that takes a disk as data and holes. Not thread-safe. */
public final class SparseFile implements DiskSink, Closeable {
    private final Path path;
    private final FileChannel channel;
    private final LongConsumer progress;
    private long size;
    private long written;
    private boolean finished;

    /**
     * @param progress told, after each write, how many bytes of data have been written; holes do not count
     * @throws java.nio.file.FileAlreadyExistsException if there is a file already
     */
    public SparseFile(Path path, LongConsumer progress) throws IOException {
        this.path = path;
        this.channel = FileChannel.open(path, CREATE_NEW, WRITE);
        this.progress = progress;
    }

    @Override
    public void data(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int length = channel.write(bytes, size);
            size += length;
            written += length;
        }
        progress.accept(written);
    }

    @Override
    public void zeros(long lengthBytes) {
        size += lengthBytes;
    }

    /** Gives the file its length, forces it to the device, and closes it. */
    public void finish() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
        channel.force(true);
        channel.close();
        finished = true;
    }

    /** Deletes the file unless it is finished. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) {
            Files.deleteIfExists(path);
        }
    }
}
