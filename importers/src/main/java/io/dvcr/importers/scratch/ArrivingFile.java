package io.dvcr.importers.scratch;

import io.dvcr.converters.format.FileContent;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that one thread writes from its beginning to its end, while others read of it what is there. */
public final class ArrivingFile implements FileContent, Closeable {
    private final FileChannel channel;
    private final long kept;
    private long arrived;
    private boolean ended;

    private ArrivingFile(FileChannel channel, long kept) {
        this.channel = channel;
        this.kept = kept;
    }

    static ArrivingFile create(Path path) throws IOException {
        return new ArrivingFile(
                FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                0);
    }

    /** A file that is there, and whose first {@code kept} bytes, when they arrive again, need not be written. */
    static ArrivingFile again(Path path, long kept) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            channel.truncate(kept);
            return new ArrivingFile(channel, kept);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The file goes on with {@code bytes}, which are consumed. */
    void append(ByteBuffer bytes) throws IOException {
        long begin = arrived();
        long end = begin + bytes.remaining();
        if (begin < kept) {
            bytes.position(bytes.position() + (int) Math.min(kept - begin, bytes.remaining()));
        }
        for (long at = Math.max(begin, kept); bytes.hasRemaining(); ) {
            at += channel.write(bytes, at);
        }
        advance(end, false);
    }

    /** The file is complete. */
    void end() {
        advance(arrived(), true);
    }

    /** What has arrived survives a crash of the machine. Others may go on meanwhile. */
    void force() throws IOException {
        channel.force(false);
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
