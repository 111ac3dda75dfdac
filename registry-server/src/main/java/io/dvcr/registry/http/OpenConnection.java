package io.dvcr.registry.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of a client, cut off when the client keeps us waiting: for the head of a request, or for it to take what
 * we send. (What a client sends of a body is {@link RequestBody}'s to wait for.) While a handler works, nobody hurries.
 *
 * <p>Looks into the channel below Vert.x, whose own idle timeout knows nothing of whose turn it is, and whose way of
 * closing waits until a client that reads nothing has read everything.
 */
final class OpenConnection {
    private static final Logger LOG = LoggerFactory.getLogger(OpenConnection.class);
    private static final Duration LONGEST_ROUND = Duration.ofSeconds(5);

    private final Client client;
    private final ChannelHandlerContext channel;
    private final TransferLimits limits;
    private final Future<?> rounds;
    private final AtomicInteger exchanges = new AtomicInteger();
    private volatile long quietSince = System.nanoTime();
    private volatile boolean used;
    private Sending sending = Sending.NOTHING; // of the event loop only

    /** On the event loop. */
    OpenConnection(Client client, ChannelHandlerContext channel, TransferLimits limits) {
        this.client = client;
        this.channel = channel;
        this.limits = limits;
        long round = round(limits).toMillis();
        this.rounds = channel.executor().scheduleWithFixedDelay(this::inspect, round, round, TimeUnit.MILLISECONDS);
    }

    /** Often enough to keep the shortest limit about as it is said. */
    private static Duration round(TransferLimits limits) {
        long shortest = Math.min(
                Math.min(limits.head().toNanos(), limits.keepAlive().toNanos()),
                limits.silence().toNanos());
        return Duration.ofNanos(Math.clamp(shortest / 4, 10_000_000, LONGEST_ROUND.toNanos()));
    }

    Client client() {
        return client;
    }

    /** The head of a request is there. On the event loop. */
    void begin() {
        used = true;
        exchanges.incrementAndGet();
    }

    /** The reply to a request is sent, or on its way. */
    void end() {
        quietSince = System.nanoTime();
        exchanges.decrementAndGet();
    }

    /** Of a body that nobody wants: as long as enough of it comes, the client may go on. On the event loop. */
    void drained(long bytes) {
        long earned = bytes * Duration.ofSeconds(1).toNanos() / limits.minBytesPerSecond();
        quietSince = Math.min(System.nanoTime(), quietSince + earned);
    }

    private void inspect() {
        long now = System.nanoTime();
        Duration patience = used ? limits.keepAlive() : limits.head();
        if (exchanges.get() == 0 && now - quietSince > patience.toNanos()) {
            cut("no request came");
        } else if (isStuck(now)) {
            cut("the client does not take what it asked for");
        }
    }

    /** Whether one message waits in the channel that goes out too slowly. */
    private boolean isStuck(long now) {
        ChannelOutboundBuffer queue = channel.channel().unsafe().outboundBuffer();
        if (queue == null || queue.isEmpty()) {
            sending = Sending.NOTHING;
            return false;
        }
        int message = System.identityHashCode(queue.current());
        long sent = queue.currentProgress();
        if (message != sending.message || sent < sending.sentBytes) {
            sending = new Sending(message, sent, now);
        }
        if (now - sending.since < limits.silence().toNanos()) {
            return false;
        }
        boolean isSlow = sent - sending.sentBytes
                < limits.minBytesPerSecond() * limits.silence().toMillis() / 1000;
        sending = new Sending(message, sent, now);
        return isSlow;
    }

    private void cut(String reason) {
        LOG.atDebug().addKeyValue("client", client.address()).log("connection is cut: {}", reason);
        cut();
    }

    /** Closes the connection, whether the client has taken everything or not. */
    @SuppressWarnings("FutureReturnValueIgnored") // whoever waits for something of this connection learns of it
    void cut() {
        channel.close();
    }

    /** The connection is closed. */
    void stop() {
        rounds.cancel(false);
    }

    /**
     * What goes out.
     *
     * @param message which of all, by its identity: holding on to it would hold on to its memory
     * @param sentBytes how much of it had gone at {@code since}
     */
    private record Sending(int message, long sentBytes, long since) {
        private static final Sending NOTHING = new Sending(0, 0, 0);
    }
}
