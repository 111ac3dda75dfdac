package io.dvcr.virt.store;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A thread that nobody interrupts: an interrupt closes the file that is being written, and then nobody knows how far a
 * change has come. Who waits for it stays until it is done, and is interrupted afterwards. Thread-safe.
 */
final class SteadyThread implements AutoCloseable {
    private final ExecutorService thread;

    SteadyThread(String name) {
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /** Something that reads or writes. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Returns when {@code work} is done. */
    void run(Work work) throws IOException {
        Future<?> future = thread.submit(() -> {
            work.run();
            return null;
        });
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    future.get();
                    return;
                } catch (InterruptedException _) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw failure(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException failure(ExecutionException e) {
        return switch (e.getCause()) {
            case IOException known -> known;
            case RuntimeException ours -> throw ours;
            case null, default -> new IOException(e);
        };
    }

    @Override
    public void close() {
        thread.close();
    }
}
