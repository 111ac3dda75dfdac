package io.dvcr.registry.http;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections that are open, of which there are only so many. Thread-safe. */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final int limit;
    private final TransferLimits transfers;
    private final ReceiveBuffers buffers = new ReceiveBuffers();
    private final AtomicInteger count = new AtomicInteger();
    private final Map<HttpConnection, OpenConnection> open = new ConcurrentHashMap<>();

    Connections(int limit, TransferLimits transfers) {
        this.limit = limit;
        this.transfers = transfers;
    }

    /** A client has connected. On the connection's event loop. */
    void accept(HttpConnection connection) {
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            LOG.atWarn().addKeyValue("limit", limit).log("too many connections: one more is hung up on");
            connection.close();
            return;
        }
        ChannelHandlerContext channel = ((ConnectionBase) connection).channelHandlerContext();
        channel.channel().config().setRecvByteBufAllocator(buffers);
        OpenConnection accepted = new OpenConnection(client(connection), channel, transfers);
        open.put(connection, accepted);
        connection.closeHandler(_ -> {
            accepted.stop();
            open.remove(connection);
            count.decrementAndGet();
        });
    }

    /** Empty if it is being closed. */
    Optional<OpenConnection> find(HttpConnection connection) {
        return Optional.ofNullable(open.get(connection));
    }

    int count() {
        return count.get();
    }

    private static Client client(HttpConnection connection) {
        InetAddress address = InetAddress.ofLiteral(connection.remoteAddress().hostAddress());
        return new Client(address, connection.isSsl() ? certificate(connection) : Optional.empty());
    }

    /** Verified by the handshake, or there would be no connection. */
    private static Optional<X509Certificate> certificate(HttpConnection connection) {
        try {
            return Optional.of((X509Certificate) connection.sslSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty(); // it has none, which is allowed
        }
    }
}
