package io.dvcr.registry.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of a request, read by a thread that may block while the event loop fills it. A few buffers are under way at
 * most, so a slow reader slows the client down.
 */
final class RequestBody extends InputStream {
    private static final int BUFFERS_UNDER_WAY = 16;
    private static final long MAX_DISCARDED_BYTES = 256L << 20;

    private sealed interface Event {
        record Data(Buffer buffer) implements Event {}

        record End() implements Event {}

        record Failure(Throwable cause) implements Event {}
    }

    private final HttpServerRequest request;
    private final Duration idleTimeout;
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(BUFFERS_UNDER_WAY + 2);
    private byte[] current = new byte[0];
    private int position;
    private boolean ended;
    private volatile boolean discarding;
    private long discarded; // of the event loop only

    /** To be made on the event loop, before the request flows. */
    RequestBody(HttpServerRequest request, Duration idleTimeout) {
        this.request = request;
        this.idleTimeout = idleTimeout;
        request.pause();
        request.handler(this::take);
        request.endHandler(_ -> events.offer(new Event.End()));
        request.exceptionHandler(cause -> events.offer(new Event.Failure(cause)));
        request.fetch(BUFFERS_UNDER_WAY);
    }

    /** On the event loop. */
    private void take(Buffer buffer) {
        if (!discarding) {
            events.add(new Event.Data(buffer));
            return;
        }
        discarded += buffer.length();
        if (discarded > MAX_DISCARDED_BYTES) {
            request.connection().close();
        }
    }

    /**
     * Drops what has not been read: a client that is still sending would not see its reply otherwise. One that sends on
     * and on is cut off.
     */
    void discard() {
        discarding = true;
        demand(Long.MAX_VALUE);
    }

    private void demand(long buffers) {
        try {
            request.fetch(buffers);
        } catch (IllegalStateException e) {
            // it has ended meanwhile, after which a request of HTTP/2, unlike one of HTTP/1, must not be asked for more
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position == current.length) {
            if (ended) {
                return -1;
            }
            advance();
        }
        int count = Math.min(length, current.length - position);
        System.arraycopy(current, position, target, offset, count);
        position += count;
        return count;
    }

    private void advance() throws IOException {
        switch (nextEvent()) {
            case Event.Data(Buffer buffer) -> {
                current = buffer.getBytes();
                position = 0;
                demand(1);
            }
            case Event.End() -> ended = true;
            case Event.Failure(Throwable cause) -> {
                ended = true;
                throw new ClientGoneException("the request was cut off: " + cause.getMessage());
            }
        }
    }

    private Event nextEvent() throws IOException {
        try {
            Event event = events.poll(idleTimeout.toNanos(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw new ClientGoneException("no byte of the request for " + idleTimeout);
            }
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a request came in");
        }
    }
}
