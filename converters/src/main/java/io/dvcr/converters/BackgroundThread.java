package io.dvcr.converters;

import java.io.Closeable;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A daemon thread that does one thing after the other, and buffers for it outside the heap, where large ones would be
 * garbage that stays for long. Closing ends the thread and then frees the buffers, so nothing may use them afterwards.
 * Thread-safe.
 */
public final class BackgroundThread implements Closeable {
    private final ExecutorService thread;
    private final Arena memory = Arena.ofShared();

    public BackgroundThread(String name) {
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    public <T> Future<T> submit(Callable<T> work) {
        return thread.submit(work);
    }

    /** A buffer of zeros that lives as long as this. */
    public ByteBuffer buffer(int bytes) {
        return memory.allocate(bytes).asByteBuffer();
    }

    /** Interrupts what is being done, and waits until it has ended. */
    @Override
    public synchronized void close() {
        thread.shutdownNow();
        thread.close();
        if (memory.scope().isAlive()) {
            memory.close();
        }
    }
}
