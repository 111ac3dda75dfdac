package io.dvcr.storage.object;

import static java.nio.file.StandardOpenOption.WRITE;

import io.dvcr.storage.object.ObjectStore.Appender;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * Writes at the end of a file. Whole buffers go to the disk past the page cache, while the caller fills the next one.
 * The page cache takes what does not fill a buffer, and everything if all buffers are in use or the file system will
 * not have it otherwise. See {@code docs/adr/0009}. One thread writes; any may {@link #settle}.
 */
final class FileAppender implements Appender {
    private final Path file;
    private final FileChannel cached;
    private final AlignedBuffers buffers;
    private final SpaceReserve reserve;
    private final Consumer<FileAppender> closed;
    private Optional<FileChannel> direct = Optional.empty();
    private boolean tryDirect = true;
    private Optional<ByteBuffer> filling = Optional.empty();
    private Optional<Writing> writing = Optional.empty();
    private long length;
    private long durable;

    /** A buffer on its way to the disk. */
    private record Writing(long position, ByteBuffer buffer, FutureTask<Void> task) {}

    /**
     * @param cached the file, open for writing
     * @param closed told when this is closed
     */
    FileAppender(
            Path file, FileChannel cached, AlignedBuffers buffers, SpaceReserve reserve, Consumer<FileAppender> closed)
            throws IOException {
        this.file = file;
        this.cached = cached;
        this.buffers = buffers;
        this.reserve = reserve;
        this.closed = closed;
        this.length = cached.size();
        this.durable = length;
    }

    @Override
    public synchronized long length() {
        return length;
    }

    @Override
    public synchronized void append(ByteBuffer content) throws IOException {
        reserve.requireForData(content.remaining());
        while (content.hasRemaining()) {
            boolean mayBegin = buffers.mayBeginAt(length);
            if (filling.isEmpty() && mayBegin) {
                filling = buffers.take();
            }
            if (filling.isPresent()) {
                fill(filling.get(), content);
            } else {
                writeCached(content, mayBegin ? content.remaining() : buffers.untilNextBeginning(length));
            }
        }
    }

    private void fill(ByteBuffer buffer, ByteBuffer content) throws IOException {
        int count = Math.min(buffer.remaining(), content.remaining());
        buffer.put(content.slice(content.position(), count));
        content.position(content.position() + count);
        length += count;
        if (!buffer.hasRemaining()) {
            awaitWritten(); // before the next: so the file has no holes
            filling = Optional.empty();
            writeBehind(buffer.flip());
        }
    }

    private void writeCached(ByteBuffer content, int atMost) throws IOException {
        int count = Math.min(content.remaining(), atMost);
        awaitWritten();
        try {
            writeAll(cached, content.slice(content.position(), count), length);
        } catch (IOException e) {
            cutBack(length);
            throw StorageFullException.orOther(e);
        }
        content.position(content.position() + count);
        length += count;
    }

    private void writeBehind(ByteBuffer buffer) {
        long position = length - buffer.remaining();
        FutureTask<Void> task = new FutureTask<>(() -> {
            write(buffer, position);
            return null;
        });
        writing = Optional.of(new Writing(position, buffer, task));
        Thread.startVirtualThread(task);
    }

    private void write(ByteBuffer buffer, long position) throws IOException {
        if (tryDirect) {
            try {
                writeAll(openDirect(), buffer, position);
                return;
            } catch (IOException | UnsupportedOperationException e) {
                tryDirect = false; // if there is more to it, the page cache has the same complaint
                buffer.rewind();
            }
        }
        writeAll(cached, buffer, position);
    }

    private FileChannel openDirect() throws IOException {
        if (direct.isEmpty()) {
            direct = Optional.of(FileChannel.open(file, WRITE, directOption()));
        }
        return direct.get();
    }

    /** Looked up, because javac warns of every mention of it, and our build takes no warning. */
    private static OpenOption directOption() throws IOException {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption"); // of the module jdk.unsupported
            return (OpenOption) options.getField("DIRECT").get(options);
        } catch (ReflectiveOperationException e) {
            throw new IOException("this JDK has no direct I/O", e);
        }
    }

    /**
     * Has everything that was appended so far in the file, for whoever asks how long it is while its writer goes on, or
     * hangs: what they are told must not be less than what has come, nor be gone after a crash of the server.
     */
    synchronized void settle() throws IOException {
        awaitWritten();
        if (filling.isPresent()) {
            ByteBuffer part = filling.get().duplicate().flip();
            try {
                writeAll(
                        cached,
                        part,
                        length - part.remaining()); // and once more, with the whole buffer, when it is full
            } catch (IOException e) {
                throw StorageFullException.orOther(e); // the buffer stays: its writer may yet find room for it
            }
        }
    }

    private void awaitWritten() throws IOException {
        if (writing.isEmpty()) {
            return;
        }
        Writing written = writing.get();
        try {
            written.task().get();
        } catch (ExecutionException e) {
            cutBack(written.position());
            throw e.getCause() instanceof IOException cause
                    ? StorageFullException.orOther(cause)
                    : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while an object was written");
        }
        writing = Optional.empty();
        buffers.giveBack(written.buffer());
    }

    /** What comes behind {@code position} must not be taken for stored. */
    private void cutBack(long position) throws IOException {
        cached.truncate(position);
        length = position;
        writing.ifPresent(failed -> buffers.giveBack(failed.buffer()));
        writing = Optional.empty();
        filling.ifPresent(buffers::giveBack);
        filling = Optional.empty();
    }

    @Override
    public synchronized void flush() throws IOException {
        awaitWritten();
        try {
            writeRest();
        } finally {
            force(); // even if the rest found no room: what came before it did
        }
    }

    private void writeRest() throws IOException {
        if (filling.isPresent()) {
            ByteBuffer rest = filling.get().flip();
            long position = length - rest.remaining();
            try {
                writeAll(cached, rest, position);
            } catch (IOException e) {
                cutBack(position);
                throw StorageFullException.orOther(e);
            }
            buffers.giveBack(rest);
            filling = Optional.empty();
        }
    }

    private void force() throws IOException {
        try {
            cached.force(true);
            durable = length;
        } catch (IOException e) {
            cutBack(durable); // it may be in memory only
            throw StorageFullException.orOther(e);
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer content, long position) throws IOException {
        while (content.hasRemaining()) {
            position += channel.write(content, position);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        try {
            awaitWritten();
        } finally {
            filling.ifPresent(buffers::giveBack);
            filling = Optional.empty();
            if (direct.isPresent()) {
                direct.get().close();
            }
            cached.close();
            closed.accept(this);
        }
    }
}
