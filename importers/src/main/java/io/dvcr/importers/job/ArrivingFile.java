package io.dvcr.importers.job;

import io.dvcr.converters.format.FileContent;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A new file that one thread writes from its beginning to its end, while others read of it what is there. */
final class ArrivingFile implements FileContent, Closeable {
    private final FileChannel channel;
    private long arrived;
    private boolean ended;

    private ArrivingFile(FileChannel channel) {
        this.channel = channel;
    }

    static ArrivingFile create(Path path) throws IOException {
        return new ArrivingFile(FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** The file goes on with {@code bytes}, which are consumed. */
    void append(ByteBuffer bytes) throws IOException {
        long end = arrived() + bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        advance(end, false);
    }

    /** The file is complete. */
    void end() {
        advance(arrived(), true);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        await(offset + target.remaining());
        FileContent.of(channel).read(offset, target);
    }

    @Override
    public synchronized long arrived() {
        return arrived;
    }

    @Override
    public void close() throws IOException {
        end();
        channel.close();
    }

    private synchronized void advance(long to, boolean last) {
        arrived = to;
        ended |= last;
        notifyAll();
    }

    private synchronized void await(long end) throws IOException {
        while (arrived < end && !ended) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted while a file arrived").initCause(e);
            }
        }
    }
}
