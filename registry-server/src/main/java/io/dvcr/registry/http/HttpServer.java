package io.dvcr.registry.http;

import io.dvcr.registry.access.Caller;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries requests to handlers and replies back. The event loops only move bytes; each request has a virtual thread,
 * and a semaphore bounds how many are worked on at once. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final int CONCURRENT_REQUESTS = 1024;
    private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

    /** As much as is read from a socket at once: a body is handed on in no smaller parts than it comes. */
    private static final int MAX_CHUNK_BYTES = 64 * 1024;

    /** For Vert.x, any negative number is one free port for all that ask for it, while each that asks for 0 gets its own. */
    private static final int ANY_SHARED_PORT = -1;

    private final Vertx vertx;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore requests = new Semaphore(CONCURRENT_REQUESTS);
    private final RequestObserver observer;
    private final InetSocketAddress address;
    private volatile Router router = new Router(Guard.NONE, List.of());

    private HttpServer(Vertx vertx, InetSocketAddress listen, RequestObserver observer) {
        this.vertx = vertx;
        this.observer = observer;
        this.address = new InetSocketAddress(listen.getHostString(), listen(listen));
    }

    /** Has every event loop take connections from one socket; returns its port. */
    private int listen(InetSocketAddress listen) {
        int port = listen.getPort() == 0 ? ANY_SHARED_PORT : listen.getPort();
        AtomicInteger actual = new AtomicInteger();
        Supplier<Deployable> loop = () -> new AbstractVerticle() {
            @Override
            public void start(Promise<Void> started) {
                vertx.createHttpServer(options())
                        .requestHandler(HttpServer.this::accept)
                        .listen(port, listen.getHostString())
                        .onSuccess(server -> actual.set(server.actualPort()))
                        .<Void>mapEmpty()
                        .onComplete(started);
            }
        };
        vertx.deployVerticle(loop, new DeploymentOptions().setInstances(EVENT_LOOPS))
                .await();
        return actual.get();
    }

    /**
     * Listens on {@code listen}; port 0 stands for any free one. Until there are routes every path is unknown.
     *
     * @param observer told of every request
     * @throws IOException if it cannot
     */
    public static HttpServer start(InetSocketAddress listen, RequestObserver observer) throws IOException {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(EVENT_LOOPS)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        try {
            return new HttpServer(vertx, listen, observer);
        } catch (Exception e) { // await() rethrows what listening failed with, checked or not
            vertx.close().await();
            throw new IOException("cannot listen on " + listen + ": " + e.getMessage(), e);
        }
    }

    private static HttpServerOptions options() {
        return new HttpServerOptions()
                .setHandle100ContinueAutomatically(true)
                .setHttp2ClearTextEnabled(false) // Vert.x answers Upgrade before Expect, which RFC 9110, 7.8, forbids
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxChunkSize(MAX_CHUNK_BYTES)
                .setTcpNoDelay(true)
                .setIdleTimeout((int) IDLE_TIMEOUT.multipliedBy(2).toSeconds());
    }

    /** Answers by {@code routes} from now on: the first that fits a request takes it, if {@code guard} lets it in. */
    public void route(Guard guard, List<Route> routes) {
        router = new Router(guard, routes);
    }

    /** Where the server listens, with its actual port. */
    public InetSocketAddress address() {
        return address;
    }

    /** On the event loop. */
    private void accept(HttpServerRequest request) {
        RequestBody body = new RequestBody(request, IDLE_TIMEOUT);
        threads.execute(() -> serve(request, body));
    }

    private void serve(HttpServerRequest request, RequestBody body) {
        long start = System.nanoTime();
        RequestHead head = head(request);
        RequestObserver.Ending ending = observer.begin(head);
        Answer answer = Answer.unrouted(Reply.of(499)); // what it stays if not even a reply can be made
        boolean complete = false;
        requests.acquireUninterruptibly();
        try {
            answer = answer(request, body);
            request.response().putHeader(RequestId.HEADER, head.id());
            ReplySender.send(answer.reply(), request);
            complete = true;
            body.discard();
        } catch (IOException | RuntimeException e) {
            LOG.atDebug().addKeyValue("path", request.path()).setCause(e).log("reply was cut off");
            request.connection().close();
        } finally {
            requests.release();
            ending.end(end(request, answer, complete, System.nanoTime() - start));
        }
    }

    private static RequestHead head(HttpServerRequest request) {
        RequestHead.Headers headers = name -> Optional.ofNullable(request.getHeader(name));
        return new RequestHead(
                RequestId.of(headers.first(RequestId.HEADER)),
                request.method().name(),
                path(request),
                request.version() == HttpVersion.HTTP_2 ? "HTTP/2" : "HTTP/1.1",
                client(request),
                headers);
    }

    private static RequestEnd end(HttpServerRequest request, Answer answer, boolean complete, long nanos) {
        return new RequestEnd(
                answer.route(),
                answer.caller(),
                answer.reply().status(),
                complete,
                request.bytesRead(),
                request.response().bytesWritten(),
                Duration.ofNanos(nanos));
    }

    private Answer answer(HttpServerRequest request, RequestBody body) {
        Request parsed;
        try {
            parsed = toRequest(request, body);
        } catch (IllegalArgumentException e) { // of Vert.x, which decodes the query
            return Answer.unrouted(ErrorReply.of(new RequestInvalid("the query is not well formed"), path(request)));
        }
        return router.answer(request.method().name(), parsed);
    }

    private static String path(HttpServerRequest request) {
        return request.path() == null ? "" : request.path();
    }

    private static Request toRequest(HttpServerRequest request, RequestBody body) {
        HeaderMap headers = HeaderMap.of(request.headers());
        boolean isHead = request.method().name().equals("HEAD");
        return new Request(
                isHead, path(request), Map.of(), query(request), headers, client(request), Caller.NOBODY, body);
    }

    private static Map<String, List<String>> query(HttpServerRequest request) {
        if (request.query() == null) {
            return Map.of();
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        request.params()
                .forEach((name, value) ->
                        query.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
        return query;
    }

    private static Client client(HttpServerRequest request) {
        SocketAddress remote = request.connection().remoteAddress();
        return new Client(InetAddress.ofLiteral(remote.hostAddress()), Optional.empty());
    }

    /** Stops listening and ends what is under way. */
    @Override
    public void close() {
        vertx.close().await();
        threads.shutdownNow();
    }
}
