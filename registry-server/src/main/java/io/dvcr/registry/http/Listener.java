package io.dvcr.registry.http;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerConfig;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket that clients connect to, and the event loops that move their bytes. Thread-safe. */
final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

    /** As much as is read from a socket at once: a body is handed on in no smaller parts than it comes. */
    private static final int MAX_CHUNK_BYTES = 64 * 1024;

    /** For Vert.x, any negative number is one free port for all that ask for it, while each that asks for 0 gets its own. */
    private static final int ANY_SHARED_PORT = -1;

    /** How much of a body HTTP/2 lets come in before the handler takes it: of one stream, and of a whole connection. */
    private static final int STREAM_WINDOW_BYTES = 1 << 20;

    private static final int CONNECTION_WINDOW_BYTES = 2 << 20;
    private static final int STREAMS_PER_CONNECTION = 100;

    /** Beyond the grace that clients have, for Vert.x to end its own threads. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final HttpSettings settings;
    private final Dispatcher dispatcher;
    private final Optional<TlsReload> tls;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>(); // one for each event loop
    private final InetSocketAddress address;

    /** @throws IOException if it cannot listen, or the TLS files cannot be used */
    Listener(InetSocketAddress listen, HttpSettings settings, Optional<TlsSettings> tls, Dispatcher dispatcher)
            throws IOException {
        this.vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(EVENT_LOOPS)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.settings = settings;
        this.dispatcher = dispatcher;
        try {
            this.tls = tls.isPresent() ? Optional.of(new TlsReload(tls.get(), vertx)) : Optional.empty();
            this.address = new InetSocketAddress(listen.getHostString(), listen(listen));
            this.tls.ifPresent(reload -> reload.start(servers.getFirst()));
        } catch (Exception e) { // await() rethrows what listening failed with, checked or not
            vertx.close().await();
            throw new IOException("cannot listen on " + listen + ": " + e.getMessage(), e);
        }
    }

    /** Has every event loop take connections from one socket; returns its port. */
    private int listen(InetSocketAddress listen) {
        int port = listen.getPort() == 0 ? ANY_SHARED_PORT : listen.getPort();
        Supplier<Deployable> loop = () -> new AbstractVerticle() {
            @Override
            public void start(Promise<Void> started) {
                server().listen(port, listen.getHostString())
                        .onSuccess(servers::add)
                        .<Void>mapEmpty()
                        .onComplete(started);
            }
        };
        vertx.deployVerticle(loop, new DeploymentOptions().setInstances(EVENT_LOOPS))
                .await();
        return servers.getFirst().actualPort();
    }

    private HttpServer server() {
        HttpServerConfig config = new HttpServerConfig(options());
        HttpServer server = tls.isPresent()
                ? vertx.createHttpServer(config, tls.get().current().options())
                : vertx.createHttpServer(config);
        return server.connectionHandler(dispatcher::connected)
                .requestHandler(dispatcher::accept)
                .invalidRequestHandler(dispatcher::refuse);
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setHandle100ContinueAutomatically(true)
                .setHttp2ClearTextEnabled(false) // Vert.x answers Upgrade before Expect, which RFC 9110, 7.8, forbids
                .setSsl(tls.isPresent())
                .setUseAlpn(tls.isPresent())
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(STREAMS_PER_CONNECTION)
                        .setInitialWindowSize(STREAM_WINDOW_BYTES)
                        .setMaxHeaderListSize(settings.maxHeaderBytes()))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setMaxInitialLineLength(settings.maxTargetBytes())
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxChunkSize(MAX_CHUNK_BYTES)
                .setTcpNoDelay(true);
    }

    InetSocketAddress address() {
        return address;
    }

    Optional<X509Certificate> certificate() {
        return tls.map(reload -> reload.current().certificate());
    }

    /** Takes no more connections, lets those finish that are at work for as long as the settings say, and closes all. */
    @Override
    public void close() {
        tls.ifPresent(TlsReload::close);
        List<Future<Void>> ends = servers.stream()
                .map(server -> server.shutdown(settings.shutdownGrace()))
                .toList();
        await(Future.join(ends).mapEmpty(), settings.shutdownGrace().plus(CLOSE_TIMEOUT));
    }

    /** Ends the event loops: after this nothing can be sent any more. */
    void end() {
        await(vertx.close(), CLOSE_TIMEOUT);
    }

    private static void await(Future<Void> end, Duration timeout) {
        try {
            end.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.atWarn().addKeyValue("after", timeout).log("connections do not close");
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("connections did not close cleanly");
        }
    }
}
