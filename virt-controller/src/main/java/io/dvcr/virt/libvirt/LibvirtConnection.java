package io.dvcr.virt.libvirt;

import com.sun.jna.NativeLibrary;
import io.dvcr.virt.runtime.HostUnavailableException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to libvirt that is made when it is needed, and anew when it was lost. Calls run on a few threads of its
 * own, because libvirt keeps an error with the thread that met it, and callers wait a bounded time for them; several run
 * side by side. Thread-safe.
 */
final class LibvirtConnection implements Closeable {
    /** What is done with the connection. Must be safe to repeat. */
    interface Call<T> {
        T on(EndTellingConnect connect) throws LibvirtException, IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(LibvirtConnection.class);
    private static final int THREADS = 4;

    /** libvirt itself may wait half a minute for a lock and as long for a QEMU that does not start or die. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(90);

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    /** Every error comes as an exception too; libvirt would also print it. Held here for as long as libvirt may call. */
    private static final Libvirt.VirErrorCallback SILENCE = (_, _) -> {};

    private final String uri;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("libvirt-", 0).factory());
    private final ReentrantLock connecting = new ReentrantLock();
    private @Nullable EndTellingConnect current;

    LibvirtConnection(String uri) {
        this.uri = uri;
    }

    /**
     * @throws HostUnavailableException if libvirt is not there, or does not answer
     * @throws IOException if it refuses
     */
    <T> T call(Call<T> call) throws IOException {
        Future<T> result = threads.submit(() -> callAndReconnect(call));
        try {
            return result.get(LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failureOf(e.getCause());
        } catch (TimeoutException e) {
            result.cancel(false);
            throw new HostUnavailableException("libvirt at " + uri + " does not answer", e);
        } catch (InterruptedException e) {
            result.cancel(false);
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("waiting for libvirt").initCause(e);
        }
    }

    private IOException failureOf(@Nullable Throwable cause) {
        return switch (cause) {
            case LibvirtException e -> new IOException(messageOf(e), e);
            case IOException e -> e;
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case null, default -> new IOException("libvirt at " + uri + " failed", cause);
        };
    }

    private <T> T callAndReconnect(Call<T> call) throws IOException, LibvirtException {
        EndTellingConnect connect = connect();
        try {
            return call.on(connect);
        } catch (LibvirtException e) {
            if (isAlive(connect)) {
                throw e;
            }
            LOG.atDebug().addKeyValue("uri", uri).log("connection to libvirt lost: {}", messageOf(e));
        }
        drop(connect);
        return callAnew(call);
    }

    private <T> T callAnew(Call<T> call) throws IOException, LibvirtException {
        EndTellingConnect connect = connect();
        try {
            return call.on(connect);
        } catch (LibvirtException e) {
            if (isAlive(connect)) {
                throw e;
            }
            throw new HostUnavailableException("libvirt at " + uri + " goes away: " + messageOf(e), e);
        }
    }

    private EndTellingConnect connect() throws HostUnavailableException {
        connecting.lock();
        try {
            EndTellingConnect connect = current;
            if (connect == null) {
                connect = open();
                current = connect;
            }
            return connect;
        } finally {
            connecting.unlock();
        }
    }

    /** Looks for the library before libvirt-java does, whose classes would be unusable ever after if it is missing. */
    private EndTellingConnect open() throws HostUnavailableException {
        try {
            NativeLibrary.getInstance("virt");
            NativeLibrary.getInstance("virt-qemu");
        } catch (LinkageError e) {
            throw new HostUnavailableException("libvirt is not installed: its client library cannot be loaded", e);
        }
        try {
            Connect.setErrorCallback(SILENCE);
            return new EndTellingConnect(uri);
        } catch (LibvirtException e) {
            throw new HostUnavailableException("libvirt at " + uri + " cannot be reached: " + messageOf(e), e);
        } catch (LinkageError e) {
            throw new HostUnavailableException("libvirt's client library cannot be used: " + e.getMessage(), e);
        }
    }

    private static boolean isAlive(Connect connect) {
        try {
            return connect.isAlive();
        } catch (LibvirtException _) {
            return false;
        }
    }

    /** Others may still be in a call on it, so it is closed when it is garbage, by libvirt-java. */
    private void drop(EndTellingConnect lost) {
        connecting.lock();
        try {
            if (lost.equals(current)) {
                current = null;
            }
        } finally {
            connecting.unlock();
        }
    }

    private static String messageOf(LibvirtException e) {
        return String.valueOf(e.getMessage());
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (threads.awaitTermination(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS) && current != null) {
                current.close();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (LibvirtException e) {
            LOG.atDebug().log("closing libvirt: {}", messageOf(e));
        }
    }
}
