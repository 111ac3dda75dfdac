package io.dvcr.registry.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of a request, read by a thread that may block while the event loop fills it. A few buffers are under way at
 * most, so a slow reader slows the client down.
 */
final class RequestBody extends InputStream {
    /** A layer of most images: who sends that much for nothing is no client that wants to know why. */
    private static final long MAX_DISCARDED_BYTES = 16L << 30;

    private sealed interface Event {
        record Data(Buffer buffer) implements Event {}

        record End() implements Event {}

        record Failure(Throwable cause) implements Event {}

        /** Wakes a reader, for it to see that the body was closed. */
        record Closed() implements Event {}
    }

    private final HttpServerRequest request;
    private final Exchange exchange;
    private final Patience patience;
    private final BodyFlow flow;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(); // bounded by the flow
    private ByteBuf current = Unpooled.EMPTY_BUFFER;
    private boolean ended;
    private volatile boolean closed;
    private boolean abandoned;
    private volatile boolean discarding;
    private long discarded; // of the event loop only

    /** To be made on the event loop, before the request flows. */
    RequestBody(Exchange exchange, TransferLimits limits) {
        this.request = exchange.request();
        this.exchange = exchange;
        this.patience = new Patience(limits);
        this.flow = BodyFlow.of(exchange);
        if (isEmpty(request)) {
            ended = true;
            return; // which is most requests, and spares them what follows
        }
        request.handler(this::take);
        request.endHandler(_ -> end(new Event.End()));
        request.exceptionHandler(cause -> end(new Event.Failure(cause)));
    }

    /** RFC 9112, section 6.3, rule 7: without either header a request of HTTP/1 has no body. */
    private static boolean isEmpty(HttpServerRequest request) {
        return (request.version() == HttpVersion.HTTP_1_1 || request.version() == HttpVersion.HTTP_1_0)
                && !request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                && !request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    /** On the event loop. */
    private void take(Buffer buffer) {
        if (!discarding) {
            events.add(new Event.Data(buffer));
            flow.received();
            return;
        }
        bytesOf(buffer).release();
        discarded += buffer.length();
        exchange.connection().drained(buffer.length());
        if (discarded > MAX_DISCARDED_BYTES) {
            exchange.cut();
        }
    }

    /** On the event loop. */
    private void end(Event event) {
        flow.end();
        events.add(event);
    }

    /**
     * To be released when it is read, lest its memory waits for the garbage collector. That is ours to do: Vert.x leaves
     * what it hands out to the collector, and wraps it so that nobody else releases it.
     */
    static ByteBuf bytesOf(Buffer buffer) {
        return ((BufferInternal) buffer).getByteBuf().unwrap();
    }

    /**
     * Drops what has not been read: a client that is still sending would not see its reply otherwise. One that sends on
     * and on is cut off, by its bytes here and by its time as if it sent nothing.
     */
    void discard() {
        if (abandoned) {
            exchange.hangUp();
        } else if (!ended) {
            discarding = true;
            flow.open();
        }
    }

    /** Has the connection closed once the reply is sent: what follows on it would not be understood. */
    void abandon() {
        abandoned = true;
    }

    boolean isAbandoned() {
        return abandoned;
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
        if (!hasMore()) {
            return -1;
        }
        int count = Math.min(length, current.readableBytes());
        current.readBytes(target, offset, count);
        if (!current.isReadable()) {
            current.release();
            current = Unpooled.EMPTY_BUFFER;
        }
        return count;
    }

    /** Waits for a byte to read; returns whether there is one. */
    private boolean hasMore() throws IOException {
        while (!current.isReadable()) {
            if (ended) {
                return false;
            }
            advance();
        }
        return true;
    }

    private void advance() throws IOException {
        switch (nextEvent()) {
            case Event.Data(Buffer buffer) -> {
                current = bytesOf(buffer);
                patience.earn(buffer.length());
                flow.taken();
            }
            case Event.End() -> ended = true;
            case Event.Failure(Throwable cause) -> {
                ended = true;
                throw new ClientGoneException("the request was cut off: " + cause.getMessage());
            }
            case Event.Closed() -> requireOpen();
        }
    }

    /** May be called by any thread: who reads, or waits for the client, stops at once with an exception. */
    @Override
    public void close() {
        closed = true;
        events.offer(new Event.Closed()); // if there is no room nobody waits
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the request's body was closed");
        }
    }

    private Event nextEvent() throws IOException {
        requireOpen();
        Event there = events.poll();
        return there == null ? awaitEvent() : there;
    }

    private Event awaitEvent() throws IOException {
        long start = System.nanoTime();
        try {
            Event event = events.poll(patience.nanosLeft(), TimeUnit.NANOSECONDS);
            if (event == null) {
                abandoned = true;
                throw new ClientTooSlowException();
            }
            patience.spend(System.nanoTime() - start);
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a request came in");
        }
    }
}
