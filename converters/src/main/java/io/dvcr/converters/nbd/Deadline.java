package io.dvcr.converters.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Closes a connection that is not done by then; closing the deadline calls that off. */
final class Deadline implements AutoCloseable {
    private final Thread waiting;

    Deadline(Closeable connection, Duration timeout) {
        waiting = Thread.ofVirtual().name("nbd-deadline").start(() -> closeAfter(connection, timeout));
    }

    @Override
    public void close() {
        waiting.interrupt();
    }

    private static void closeAfter(Closeable connection, Duration timeout) {
        try {
            Thread.sleep(timeout);
            connection.close();
        } catch (InterruptedException _) {
            return; // called off
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
