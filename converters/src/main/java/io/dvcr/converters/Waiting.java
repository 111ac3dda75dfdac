package io.dvcr.converters;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for what another thread does, and fails as that fails. Stateless. */
public final class Waiting {
    private Waiting() {}

    /**
     * What {@code work} results in.
     *
     * @throws IOException if it failed with one, or with a checked exception of another kind, or this thread is interrupted
     */
    public static <T> T on(Future<T> work) throws IOException {
        try {
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while waiting").initCause(e);
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private static IOException failure(ExecutionException e) {
        return switch (e.getCause()) {
            case IOException world -> world;
            case RuntimeException ours -> throw ours;
            case Error error -> throw error;
            case null, default -> new IOException(e);
        };
    }
}
