package io.dvcr.converters.qemu;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;

/**
 * A subprocess at work. It is killed at its wall clock limit, and by closing. Thread-safe.
 */
public final class RunningProcess implements Closeable {
    private static final Duration DYING = Duration.ofSeconds(10);

    private final Process process;
    private final Limits limits;
    private final Drain stdout;
    private final Drain stderr;
    private final Thread watch;
    private volatile boolean timedOut;

    RunningProcess(Process process, Limits limits) {
        this.process = process;
        this.limits = limits;
        this.stdout = new Drain(process.getInputStream(), limits.outputBytes());
        this.stderr = new Drain(process.getErrorStream(), limits.outputBytes());
        this.watch = Thread.ofVirtual().name("wall-clock").start(this::watch);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The number of the process while it lives. */
    public long pid() {
        return process.pid();
    }

    /** Waits for the end, which comes at the wall clock limit at the latest. */
    public Outcome await() throws IOException {
        try {
            int exitCode = process.waitFor();
            stdout.finish();
            stderr.finish();
            if (timedOut) {
                return new Outcome.TimedOut(limits.wallClock());
            }
            return exitCode == 0 ? new Outcome.Succeeded(stdout.text()) : new Outcome.Failed(exitCode, stderr.text());
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    /** Returns when the process and its descendants are gone. */
    @Override
    public void close() throws IOException {
        destroy();
        watch.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(DYING)) {
                throw new IOException("process " + pid() + " does not die");
            }
            stdout.finish();
            stderr.finish();
        } catch (InterruptedException _) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try {
            if (!process.waitFor(limits.wallClock())) {
                timedOut = true;
                destroy();
            }
        } catch (InterruptedException _) {
            return; // closed
        }
    }

    private void destroy() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while waiting for a subprocess");
    }
}
