package io.dvcr.converters.disk;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.Waiting;
import io.dvcr.storage.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Cuts a disk that passes into chunks, hashes them on a few threads, and hands them on in no particular order. Not
 * thread-safe, but what it hands on comes from several threads at once.
 */
final class BaseScan implements DiskSink, Closeable {
    private static final int UNDER_WAY_PER_THREAD = 4;

    private final Next next;
    private final int maxUnderWay;
    private final ExecutorService threads;
    private final Queue<Future<?>> underWay = new ArrayDeque<>();
    private final ArrayBlockingQueue<byte[]> spareBuffers;
    private final Chunker chunker;

    /** Takes the chunks. */
    interface Next {
        /** @param content not to be kept once this returns */
        void chunk(Digest digest, ByteBuffer content) throws IOException;
    }

    BaseScan(int threads, Next next) {
        this.next = next;
        this.maxUnderWay = threads * UNDER_WAY_PER_THREAD;
        this.spareBuffers = new ArrayBlockingQueue<>(maxUnderWay);
        this.threads = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("disk-base-", 0).factory());
        this.chunker = new Chunker(new Hashing());
    }

    @Override
    public void data(ByteBuffer bytes) throws IOException {
        chunker.data(bytes);
    }

    @Override
    public void zeros(long lengthBytes) throws IOException {
        chunker.zeros(lengthBytes);
    }

    /** The disk ends here. All of it has been handed on when this returns. */
    void finish() throws IOException {
        chunker.finish();
        while (!underWay.isEmpty()) {
            Waiting.on(underWay.remove());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }

    private final class Hashing implements Chunker.Output {
        @Override
        public byte[] buffer() {
            byte[] spare = spareBuffers.poll();
            return spare == null ? new byte[DiskFormat.MAX_CHUNK] : spare;
        }

        @Override
        public void chunk(long firstBlock, byte[] content, int length) throws IOException {
            while (underWay.size() >= maxUnderWay) {
                Waiting.on(underWay.remove());
            }
            underWay.add(threads.submit(() -> {
                handOn(content, length);
                return length;
            }));
        }

        private void handOn(byte[] content, int length) throws IOException {
            MessageDigest hash = Digest.Algorithm.SHA256.newHash();
            hash.update(content, 0, length);
            next.chunk(Digest.of(Digest.Algorithm.SHA256, hash.digest()), ByteBuffer.wrap(content, 0, length));
            spareBuffers.offer(content);
        }
    }
}
