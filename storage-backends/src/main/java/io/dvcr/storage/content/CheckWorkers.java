package io.dvcr.storage.content;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Does pieces of work side by side, as many at once as there are hashers; whoever has more waits. The first failure ends
 * it all. One thread gives the work.
 */
final class CheckWorkers implements AutoCloseable {
    private final BlockingQueue<BlobHasher> idle;
    private final int count;
    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    CheckWorkers(int count) {
        this.count = count;
        this.idle = new ArrayBlockingQueue<>(count);
        for (int i = 0; i < count; i++) {
            idle.add(new BlobHasher());
        }
    }

    /** A piece of work, which has a hasher for itself meanwhile. */
    interface Work {
        void run(BlobHasher hasher) throws IOException;
    }

    /** @throws IOException if something that was begun before has failed */
    void begin(Work work) throws IOException {
        BlobHasher hasher = take();
        threads.execute(() -> {
            try {
                work.run(hasher);
            } catch (IOException e) {
                failures.add(e);
            } catch (RuntimeException e) {
                failures.add(new IOException(e.toString(), e));
            } finally {
                idle.add(hasher);
            }
        });
    }

    /** Waits until everything that was begun has ended. */
    void finish() throws IOException {
        for (int i = 0; i < count; i++) {
            BlobHasher _ = take();
        }
        for (int i = 0; i < count; i++) {
            idle.add(new BlobHasher());
        }
        throwFailure();
    }

    private BlobHasher take() throws IOException {
        throwFailure();
        try {
            return idle.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void throwFailure() throws IOException {
        if (!failures.isEmpty()) {
            throw failures.element();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
