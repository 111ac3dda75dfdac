package io.dvcr.converters;

import io.dvcr.storage.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;

/**
 * Hashes a sequence of bytes on a thread of its own, while whoever brings them goes on with something else. What they
 * bring is copied into blocks of a MiB; when too many of them wait, bringing more waits, too. What fails on the thread is
 * thrown by a later call here. Used by one thread.
 */
public final class BackgroundHash implements Closeable {
    private static final int BLOCK = 1 << 20;
    private static final byte[] ZEROS = new byte[64 << 10];
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final List<MessageDigest> hashes;
    private final int maxWaiting;
    private final BackgroundThread thread;
    private final Queue<Future<ByteBuffer>> waiting = new ArrayDeque<>(); // each gives its block back, or NONE
    private final Queue<ByteBuffer> spare = new ArrayDeque<>();
    private ByteBuffer block;

    /** Bytes that are made or fetched when it is their turn. */
    public interface Part {
        ByteBuffer bytes() throws IOException;
    }

    /**
     * @param name of the thread
     * @param hashes all take the same bytes; they are the thread's until {@link #drain}
     * @param maxWaiting how many blocks, or parts
     */
    public BackgroundHash(String name, List<MessageDigest> hashes, int maxWaiting) {
        this.hashes = List.copyOf(hashes);
        this.maxWaiting = maxWaiting;
        this.thread = new BackgroundThread(name);
        this.block = thread.buffer(BLOCK);
    }

    public void update(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int count = Math.min(block.remaining(), bytes.remaining());
            block.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            if (!block.hasRemaining()) {
                handOver();
            }
        }
    }

    public void zeros(long count) throws IOException {
        if (count <= Math.min(block.remaining(), ZEROS.length)) {
            block.put(ZEROS, 0, (int) count);
            return;
        }
        handOver();
        room();
        waiting.add(thread.submit(() -> hashZeros(count)));
    }

    public void update(Part part) throws IOException {
        handOver();
        room();
        waiting.add(thread.submit(() -> {
            ByteBuffer bytes = part.bytes();
            hashes.forEach(hash -> hash.update(bytes.duplicate()));
            return NONE;
        }));
    }

    /** Waits until all is hashed. */
    public void drain() throws IOException {
        handOver();
        while (!waiting.isEmpty()) {
            awaitOldest();
        }
    }

    /** Of what {@code hash}, which is SHA-256, was given. */
    public static Digest digest(MessageDigest hash) {
        return Digest.of(Digest.Algorithm.SHA256, hash.digest());
    }

    @Override
    public void close() {
        thread.close();
    }

    private void handOver() throws IOException {
        if (block.position() == 0) {
            return;
        }
        room();
        ByteBuffer full = block.flip();
        waiting.add(thread.submit(() -> {
            hashes.forEach(hash -> hash.update(full.duplicate()));
            return full;
        }));
        ByteBuffer next = spare.poll();
        block = next == null ? thread.buffer(BLOCK) : next;
    }

    private void room() throws IOException {
        while (waiting.size() >= maxWaiting) {
            awaitOldest();
        }
    }

    private void awaitOldest() throws IOException {
        ByteBuffer done = Waiting.on(waiting.remove());
        if (done.capacity() > 0) {
            spare.add(done.clear());
        }
    }

    private ByteBuffer hashZeros(long count) throws InterruptedIOException {
        for (long left = count; left > 0; left -= ZEROS.length) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while a disk was hashed");
            }
            int part = (int) Math.min(left, ZEROS.length);
            hashes.forEach(hash -> hash.update(ZEROS, 0, part));
        }
        return NONE;
    }
}
