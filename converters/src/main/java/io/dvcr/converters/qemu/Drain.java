package io.dvcr.converters.qemu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Reads a stream to its end, so that its writer never waits, and keeps its first bytes. It has a platform thread: a
 * read from a pipe holds the carrier of a virtual one for as long as the process is silent, and with enough processes
 * no virtual thread would run any more.
 */
final class Drain {
    private static final Duration AFTER_EXIT = Duration.ofSeconds(1);

    private final InputStream stream;
    private final int keptBytes;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread thread;

    Drain(InputStream stream, int keptBytes) {
        this.stream = stream;
        this.keptBytes = keptBytes;
        this.thread = Thread.ofPlatform().daemon().name("drain").start(this::read);
    }

    /** What has been kept up to now. */
    String text() {
        synchronized (kept) {
            return kept.toString(StandardCharsets.UTF_8).strip();
        }
    }

    /** Waits for the end of the stream, but not long: a process that outlives its parent may hold it open. */
    void finish() throws InterruptedException {
        thread.join(AFTER_EXIT);
    }

    private void read() {
        byte[] piece = new byte[8192];
        try (stream) {
            for (int bytes = stream.read(piece); bytes >= 0; bytes = stream.read(piece)) {
                keep(piece, bytes);
            }
        } catch (IOException _) {
            return; // the process was destroyed
        }
    }

    private void keep(byte[] piece, int bytes) {
        synchronized (kept) {
            kept.write(piece, 0, Math.min(bytes, keptBytes - kept.size()));
        }
    }
}
