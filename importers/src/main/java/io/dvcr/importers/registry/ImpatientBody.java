package io.dvcr.importers.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * The body of an answer as a stream that waits for its next bytes for a while, and not for ever as that of the JDK does.
 * Read by one thread; closing it gives up the connection unless all was read.
 */
public final class ImpatientBody extends InputStream implements BodySubscriber<InputStream> {
    private final Duration patience;
    private final LongAdder received;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(); // holds few: one is asked for at a time
    private final AtomicReference<Optional<Flow.Subscription>> subscription = new AtomicReference<>(Optional.empty());
    private final Queue<ByteBuffer> buffers = new ArrayDeque<>();
    private boolean ended;
    private boolean closed;

    private sealed interface Event {}

    private record Bytes(List<ByteBuffer> buffers) implements Event {}

    private record Failed(Throwable cause) implements Event {}

    private record Ended() implements Event {}

    /**
     * @param patience how long the next bytes may take
     * @param received counts what has arrived
     */
    public ImpatientBody(Duration patience, LongAdder received) {
        this.patience = patience;
        this.received = received;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription.set(Optional.of(given));
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        bytes.forEach(buffer -> received.add(buffer.remaining()));
        events.add(new Bytes(bytes));
    }

    @Override
    public void onError(Throwable cause) {
        events.add(new Failed(cause));
    }

    @Override
    public void onComplete() {
        events.add(new Ended());
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
        if (!awaitBytes()) {
            return -1;
        }
        ByteBuffer next = buffers.element();
        int count = Math.min(length, next.remaining());
        next.get(target, offset, count);
        return count;
    }

    /** Whether there are any. */
    private boolean awaitBytes() throws IOException {
        while (!ended) {
            while (!buffers.isEmpty() && !buffers.element().hasRemaining()) {
                buffers.remove();
                if (buffers.isEmpty()) {
                    subscription.get().ifPresent(given -> given.request(1));
                }
            }
            if (!buffers.isEmpty()) {
                return true;
            }
            take(nextEvent());
        }
        return false;
    }

    private void take(Event event) throws IOException {
        switch (event) {
            case Bytes(List<ByteBuffer> bytes) -> buffers.addAll(bytes);
            case Failed(Throwable cause) ->
                throw new BodyCutException("the connection failed: " + cause.getMessage(), cause);
            case Ended _ -> ended = true;
        }
    }

    private Event nextEvent() throws IOException {
        if (closed) {
            throw new IOException("the stream is closed");
        }
        try {
            Event event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (event == null) {
                close();
                throw new BodyCutException("nothing has arrived for " + patience.toMillis() + " ms");
            }
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while receiving");
        }
    }

    @Override
    public void close() {
        closed = true;
        if (!ended) {
            subscription.get().ifPresent(Flow.Subscription::cancel);
        }
    }
}
