package io.dvcr.registry.http;

import io.dvcr.registry.access.Caller;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries requests to handlers and replies back. The event loops only move bytes; each request has a virtual thread,
 * and a semaphore bounds how many are worked on at once. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SEND_FILE_TIMEOUT = Duration.ofHours(24);
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final int CONCURRENT_REQUESTS = 1024;

    private final Vertx vertx;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore requests = new Semaphore(CONCURRENT_REQUESTS);
    private final RequestObserver observer;
    private final InetSocketAddress address;
    private volatile Router router = new Router(Guard.NONE, List.of());

    private HttpServer(Vertx vertx, InetSocketAddress listen, RequestObserver observer) {
        this.vertx = vertx;
        this.observer = observer;
        int port = vertx.createHttpServer(options())
                .requestHandler(this::accept)
                .listen(listen.getPort(), listen.getHostString())
                .await()
                .actualPort();
        this.address = new InetSocketAddress(listen.getHostString(), port);
    }

    /**
     * Listens on {@code listen}; port 0 stands for any free one. Until there are routes every path is unknown.
     *
     * @param observer told of every request
     * @throws IOException if it cannot
     */
    public static HttpServer start(InetSocketAddress listen, RequestObserver observer) throws IOException {
        Vertx vertx = Vertx.vertx(new VertxOptions()
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
            send(answer.reply(), request);
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
        Map<String, List<String>> query = new LinkedHashMap<>();
        request.params()
                .forEach((name, value) ->
                        query.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers().forEach(headers::putIfAbsent);
        boolean isHead = request.method().name().equals("HEAD");
        return new Request(isHead, path(request), Map.of(), query, headers, client(request), Caller.NOBODY, body);
    }

    private static Client client(HttpServerRequest request) {
        SocketAddress remote = request.connection().remoteAddress();
        return new Client(InetAddress.ofLiteral(remote.hostAddress()), Optional.empty());
    }

    private static void send(Reply reply, HttpServerRequest request) throws IOException {
        HttpServerResponse response = request.response();
        response.setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        if (reply.status() != 204) {
            response.putHeader("Content-Length", Long.toString(reply.body().length()));
        }
        boolean isHead = request.method().name().equals("HEAD");
        sendBody(isHead ? new Reply.Body.None(reply.body().length()) : reply.body(), response);
    }

    private static void sendBody(Reply.Body body, HttpServerResponse response) throws IOException {
        switch (body) {
            case Reply.Body.None(long _) -> ResponseOutput.await(response.end(), IDLE_TIMEOUT);
            case Reply.Body.Bytes(byte[] content) ->
                ResponseOutput.await(response.end(Buffer.buffer(content)), IDLE_TIMEOUT);
            case Reply.Body.FilePart(var file, var range) ->
                ResponseOutput.await(
                        response.sendFile(file.toString(), range.offset(), range.length()), SEND_FILE_TIMEOUT);
            case Reply.Body.Stream(long _, Reply.Writer writer) -> {
                writer.writeTo(new ResponseOutput(response, IDLE_TIMEOUT));
                ResponseOutput.await(response.end(), IDLE_TIMEOUT);
            }
        }
    }

    /** Stops listening and ends what is under way. */
    @Override
    public void close() {
        vertx.close().await();
        threads.shutdownNow();
    }
}
