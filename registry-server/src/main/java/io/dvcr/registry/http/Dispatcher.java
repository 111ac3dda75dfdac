package io.dvcr.registry.http;

import io.dvcr.registry.http.Admission.Pass;
import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries requests to handlers and replies back: each has a virtual thread of its own, and {@link Admission} bounds how
 * many are worked on at once. Thread-safe.
 */
final class Dispatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** What tells whether the server is well must not depend on how busy it is. */
    private static final Set<String> ALWAYS_ADMITTED = Set.of("/healthz", "/readyz", "/metrics");

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final HttpSettings settings;
    private final RequestObserver observer;
    private final Connections connections;
    private final Admission admission;
    private final RequestReader reader;
    private final ReplySender sender;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile Router router = new Router(Guard.NONE, List.of());
    private volatile boolean stopping;

    Dispatcher(HttpSettings settings, RequestObserver observer) {
        this.settings = settings;
        this.observer = observer;
        this.connections = new Connections(settings.load().connections(), settings.transfers());
        this.admission = new Admission(settings.load());
        this.reader = new RequestReader(new ClientAddress(settings.trustedProxies()));
        this.sender = new ReplySender(settings.transfers());
    }

    void route(Router changed) {
        router = changed;
    }

    /** Has every reply from now on say that it is the last on its connection. */
    void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    /** A client has connected. On the event loop. */
    void connected(HttpConnection connection) {
        connections.accept(connection);
    }

    /** A request has come whose head is well formed. On the event loop. */
    void accept(HttpServerRequest request) {
        Optional<OpenConnection> connection = connections.find(request.connection());
        if (connection.isEmpty()) {
            return;
        }
        Exchange exchange = new Exchange(request, connection.get());
        RequestBody body = new RequestBody(exchange, settings.transfers());
        exchange.connection().begin();
        try {
            threads.execute(() -> serve(exchange, body));
        } catch (RejectedExecutionException e) { // closed meanwhile
            exchange.cut();
        }
    }

    /** What has come is not a request. On the event loop. */
    void refuse(HttpServerRequest request) {
        connections.find(request.connection()).ifPresent(connection -> {
            Exchange exchange = new Exchange(request, connection);
            Observed observed = Observed.begin(observer, exchange, connection.client());
            try {
                Reply reply = ErrorReply.of(RequestRules.undecodable(request, settings), exchange.path());
                observed.answer(Answer.unrouted(reply));
                sender.send(reply.with("Connection", "close"), exchange);
                observed.complete();
                exchange.hangUp();
            } catch (IOException | RuntimeException e) {
                exchange.cut();
            } finally {
                observed.end();
            }
        });
    }

    private void serve(Exchange exchange, RequestBody body) {
        Observed observed = Observed.begin(observer, exchange, reader.client(exchange));
        try {
            exchange(exchange, body, observed);
            observed.complete();
            body.discard();
        } catch (IOException | RuntimeException e) {
            LOG.atDebug()
                    .addKeyValue("path", SecretPaths.masked(exchange.path()))
                    .setCause(e)
                    .log("reply was cut off");
            exchange.cut();
        } finally {
            exchange.connection().end();
            observed.end();
        }
    }

    private void exchange(Exchange exchange, RequestBody body, Observed observed) throws IOException {
        Optional<RegistryError> fault = RequestRules.fault(exchange.request());
        if (fault.isPresent()) {
            body.abandon();
            send(refusal(fault.get(), exchange), exchange, body, observed);
            return;
        }
        Request request;
        Pass pass;
        try {
            request = reader.read(exchange, body);
            pass = admit(exchange, request.client());
        } catch (RegistryException e) {
            send(refusal(e.error(), exchange), exchange, body, observed);
            return;
        }
        try (pass) {
            send(router.answer(exchange.request().method().name(), request), exchange, body, observed);
        }
    }

    private static Answer refusal(RegistryError error, Exchange exchange) {
        return Answer.unrouted(ErrorReply.of(error, exchange.path()));
    }

    private Pass admit(Exchange exchange, Client client) {
        return ALWAYS_ADMITTED.contains(exchange.path())
                ? () -> {}
                : admission.admit(client.address(), RequestRules.hasBody(exchange.request()));
    }

    private void send(Answer answer, Exchange exchange, RequestBody body, Observed observed) throws IOException {
        observed.answer(answer);
        boolean isLast = (body.isAbandoned() || stopping) && !exchange.isHttp2();
        sender.send(isLast ? answer.reply().with("Connection", "close") : answer.reply(), exchange);
    }

    int connections() {
        return connections.count();
    }

    /** Ends what is under way: handlers get a moment to see that their clients are gone, then are interrupted. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (threads.awaitTermination(CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }
}
