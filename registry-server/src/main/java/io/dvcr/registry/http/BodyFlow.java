package io.dvcr.registry.http;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets only so much of a body come in as its reader keeps up with. */
interface BodyFlow {
    /** Of which each is as much as is read from a socket at once. */
    int MOST_BUFFERS = 8;

    /** With so few left the client is let go on, so that the reader never waits for that. */
    int FEW_BUFFERS = 4;

    /** A buffer has come. On the event loop. */
    void received();

    /** The reader has taken a buffer. */
    void taken();

    /** The reader wants no more, and what comes is dropped. */
    void open();

    /** Nothing more will come. On the event loop. */
    void end();

    /** The flow of a request that has just begun. On the event loop. */
    static BodyFlow of(Exchange exchange) {
        return exchange.isHttp2()
                ? new StreamFlow(exchange.request())
                : new SocketFlow(((ConnectionBase) exchange.request().connection()).channel());
    }

    /**
     * Of HTTP/1, where a connection carries one body at a time: no more is read from the socket. Vert.x, asked to pause,
     * would first fill queues of its own, with megabytes for every slow upload.
     */
    final class SocketFlow implements BodyFlow {
        private final Channel channel;
        private final AtomicInteger underWay = new AtomicInteger();
        private volatile boolean open;
        private boolean stopped; // these two of the event loop only
        private boolean ended;

        SocketFlow(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void received() {
            if (underWay.incrementAndGet() >= MOST_BUFFERS && !stopped && !open) {
                stopped = true;
                channel.config().setAutoRead(false);
            }
        }

        @Override
        public void taken() {
            if (underWay.decrementAndGet() == FEW_BUFFERS) {
                channel.eventLoop().execute(this::goOn);
            }
        }

        @Override
        public void open() {
            open = true;
            channel.eventLoop().execute(this::goOn);
        }

        @Override
        public void end() {
            goOn();
            ended = true; // from here on it is the next request's, or Vert.x's, to stop the socket
        }

        private void goOn() {
            if (stopped && !ended) {
                stopped = false;
                channel.config().setAutoRead(true);
            }
        }
    }

    /** Of HTTP/2: the stream's window is not opened further. */
    final class StreamFlow implements BodyFlow {
        private final HttpServerRequest request;
        private int taken; // of the reader only

        StreamFlow(HttpServerRequest request) {
            this.request = request;
            request.pause();
            request.fetch(MOST_BUFFERS);
        }

        @Override
        public void received() {}

        @Override
        public void taken() {
            if (++taken == FEW_BUFFERS) {
                taken = 0;
                fetch(FEW_BUFFERS);
            }
        }

        @Override
        public void open() {
            fetch(Long.MAX_VALUE);
        }

        @Override
        public void end() {}

        private void fetch(long buffers) {
            try {
                request.fetch(buffers);
            } catch (IllegalStateException e) {
                // it has ended meanwhile, after which a request must not be asked for more
            }
        }
    }
}
