package io.dvcr.converters.qemu;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What was taken one after the other, and is given back in the opposite order. Not thread-safe. */
final class Resources implements Closeable {
    private final Deque<Closeable> taken = new ArrayDeque<>();

    <T extends Closeable> T add(T resource) {
        taken.push(resource);
        return resource;
    }

    /** Closes all, whatever fails. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!taken.isEmpty()) {
            failure = closeOne(taken.pop(), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Closes all because of {@code cause}, which keeps what fails. */
    void closeAfter(Exception cause) {
        try {
            close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static @Nullable IOException closeOne(Closeable resource, @Nullable IOException before) {
        try {
            resource.close();
            return before;
        } catch (IOException e) {
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        }
    }
}
