package io.dvcr.converters.nbd;

import static io.dvcr.converters.nbd.NbdProtocol.*;

import io.dvcr.converters.RandomAccessDisk;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A disk that an NBD server exports on a Unix socket, as in doc/proto.md of github.com/NetworkBlockDevice/nbd, section
 * "Transmission". Thread-safe: requests of all threads go out as they come, large reads in several parts, and replies
 * are taken in any order.
 *
 * <p>Whatever is wrong with the server is an {@link IOException}. A server that does not answer in time, or a caller
 * that is interrupted, ends the connection and so every other read, too.
 */
public final class NbdClient implements RandomAccessDisk {
    private static final int MAX_READ_BYTES = 1 << 20;
    private static final long MAX_STATUS_BYTES = 1L << 31;
    private static final int IN_FLIGHT = 16;

    private final Wire wire;
    private final Export export;
    private final Duration timeout;
    private final ReplyReader replies;
    private final Thread receiver;
    private final Semaphore slots = new Semaphore(IN_FLIGHT);
    private final AtomicLong cookies = new AtomicLong();
    private final ReentrantLock sending = new ReentrantLock();
    private volatile Extents known = Extents.NONE;

    private NbdClient(Wire wire, Export export, Duration timeout) {
        this.wire = wire;
        this.export = export;
        this.timeout = timeout;
        this.replies = new ReplyReader(wire);
        this.receiver = Thread.ofVirtual().name("nbd-client").start(replies);
    }

    /**
     * Connects to the default export of the server that listens on {@code socket}.
     *
     * @param timeout how long the handshake and afterwards each request may take
     * @throws ConnectException if nobody listens there
     */
    public static NbdClient connect(Path socket, Duration timeout) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Wire wire = new Wire(channel);
        try (Deadline _ = new Deadline(wire, timeout)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new NbdClient(wire, ClientHandshake.negotiate(wire), timeout);
        } catch (ConnectException e) {
            wire.close();
            throw e;
        } catch (IOException e) {
            wire.close();
            throw new IOException("no NBD handshake over " + socket + " within " + timeout, e);
        }
    }

    @Override
    public long size() {
        return export.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        int length = target.remaining();
        Objects.checkFromIndexSize(offset, (long) length, size());
        List<PendingRequest> parts = new ArrayList<>();
        for (int start = 0; start < length; start += MAX_READ_BYTES) {
            int bytes = Math.min(MAX_READ_BYTES, length - start);
            parts.add(send(new PendingRead(offset + start, target.slice(target.position() + start, bytes))));
        }
        awaitAll(parts);
        target.position(target.limit());
    }

    @Override
    public Run runAt(long offset) throws IOException {
        Objects.checkIndex(offset, size());
        if (!export.allocation()) {
            return new Run(offset, size() - offset, true);
        }
        Optional<Run> cached = known.from(offset);
        return cached.isPresent() ? cached.get() : ask(offset);
    }

    /** Takes leave with {@code NBD_CMD_DISC}, upon which the server closes the connection. */
    @Override
    public void close() throws IOException {
        try (Deadline _ = new Deadline(wire, timeout)) {
            sending.lock();
            try {
                wire.write(new PendingStatus(0, 0).header(0, CMD_DISC, 0));
            } finally {
                sending.unlock();
            }
        } catch (IOException _) {
            // The connection has ended already.
        }
        abort(new IOException("the NBD disk was closed"));
    }

    private Run ask(long offset) throws IOException {
        PendingStatus status = new PendingStatus(offset, (int) Math.min(MAX_STATUS_BYTES, size() - offset));
        awaitAll(List.of(send(status)));
        Extents answer = status.extents();
        known = answer;
        return answer.from(offset).orElseThrow(() -> new IllegalStateException("no extent at " + offset));
    }

    private PendingRequest send(PendingRequest request) throws IOException {
        try {
            acquireSlot();
            var _ = request.done.whenComplete((_, _) -> slots.release());
            long cookie = cookies.getAndIncrement();
            replies.expect(cookie, request);
            sending.lock();
            try {
                wire.write(request.header(cookie, export));
            } finally {
                sending.unlock();
            }
            return request;
        } catch (IOException e) {
            abort(e);
            throw e;
        }
    }

    private void acquireSlot() throws IOException {
        try {
            if (!slots.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException("the NBD server answered nothing within " + timeout);
            }
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    /** Waits for all, even after one has failed: until then the server may still fill the others. */
    private void awaitAll(List<PendingRequest> requests) throws IOException {
        IOException failure = null;
        for (PendingRequest request : requests) {
            try {
                await(request);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void await(PendingRequest request) throws IOException {
        try {
            request.done.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (TimeoutException _) {
            throw abort(new IOException("the NBD server did not answer within " + timeout));
        } catch (InterruptedException _) {
            throw abort(interrupted());
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while waiting for the NBD server");
    }

    /** Ends the connection; when this returns, no buffer of a caller is written to any more. */
    private IOException abort(IOException cause) {
        replies.abort(cause);
        boolean interrupted = Thread.interrupted();
        while (receiver.isAlive()) {
            try {
                receiver.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return cause;
    }
}
