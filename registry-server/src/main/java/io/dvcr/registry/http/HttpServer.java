package io.dvcr.registry.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Serves HTTP/1.1 or, where TLS is on and clients ask for it, HTTP/2. The event loops only move bytes; each request has a
 * virtual thread. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {
    private final Dispatcher dispatcher;
    private final Listener listener;

    private HttpServer(
            InetSocketAddress listen, HttpSettings settings, Optional<TlsSettings> tls, RequestObserver observer)
            throws IOException {
        this.dispatcher = new Dispatcher(settings, observer);
        this.listener = new Listener(listen, settings, tls, dispatcher);
    }

    /** Without TLS, and with the settings that hold unless somebody says otherwise. */
    public static HttpServer start(InetSocketAddress listen, RequestObserver observer) throws IOException {
        return start(listen, HttpSettings.DEFAULTS, Optional.empty(), observer);
    }

    /**
     * Listens on {@code listen}; port 0 stands for any free one. Until there are routes every path is unknown.
     *
     * @param tls empty to speak without
     * @param observer told of every request
     * @throws IOException if it cannot, or if the files of {@code tls} are not usable
     */
    public static HttpServer start(
            InetSocketAddress listen, HttpSettings settings, Optional<TlsSettings> tls, RequestObserver observer)
            throws IOException {
        return new HttpServer(listen, settings, tls, observer);
    }

    /** Answers by {@code routes} from now on: the first that fits a request takes it, if {@code guard} lets it in. */
    public void route(Guard guard, List<Route> routes) {
        dispatcher.route(new Router(guard, routes));
    }

    /** Where the server listens, with its actual port. */
    public InetSocketAddress address() {
        return listener.address();
    }

    /** What the server proves who it is with at present; empty without TLS. */
    public Optional<X509Certificate> certificate() {
        return listener.certificate();
    }

    /** Whether it has been told to stop: it takes no more connections, and replies say that they are the last. */
    public boolean isStopping() {
        return dispatcher.isStopping();
    }

    /** How many connections are open. */
    public int connections() {
        return dispatcher.connections();
    }

    /**
     * Stops listening, waits until what is under way has been answered, but not for longer than the settings say, and
     * closes every connection.
     */
    @Override
    public void close() {
        dispatcher.stop();
        listener.close();
        dispatcher.close();
        listener.end();
    }
}
