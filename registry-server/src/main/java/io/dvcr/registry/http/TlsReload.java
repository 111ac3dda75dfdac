package io.dvcr.registry.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate and key, read again when their files change: connections that are open keep what they have,
 * new ones get the new. Files that are not usable change nothing. What they hold is compared, not their times, which
 * sees a Secret of Kubernetes and a bind mount alike. Thread-safe.
 */
final class TlsReload implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsReload.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration UPDATE_TIMEOUT = Duration.ofSeconds(10);

    private final TlsSettings settings;
    private final Vertx vertx;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tls-reload").factory());
    private volatile TlsIdentity current;
    private Optional<PemFiles> seen; // of the timer's thread only, once it runs

    /** @throws IOException if the files cannot be read or used: a server must not start without */
    TlsReload(TlsSettings settings, Vertx vertx) throws IOException {
        this.settings = settings;
        this.vertx = vertx;
        PemFiles files = PemFiles.read(settings);
        this.seen = Optional.of(files);
        this.current = TlsIdentity.of(files, vertx);
    }

    TlsIdentity current() {
        return current;
    }

    /** Has {@code server} prove itself by what the files hold from now on. */
    @SuppressWarnings("FutureReturnValueIgnored") // runs until it is closed and logs its own failures
    void start(HttpServer server) {
        timer.scheduleWithFixedDelay(
                () -> poll(server), INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void poll(HttpServer server) {
        Optional<PemFiles> now = Optional.empty();
        try {
            now = Optional.of(PemFiles.read(settings));
            if (!now.equals(seen)) {
                adopt(now.get(), server);
            }
        } catch (IOException | RuntimeException e) {
            if (!now.equals(seen)) {
                LOG.atError()
                        .addKeyValue("certificateChain", settings.certificateChain())
                        .addKeyValue("reason", e.getMessage())
                        .log("the changed TLS files are not usable; those from before stay in effect");
            }
        }
        seen = now;
    }

    private void adopt(PemFiles files, HttpServer server) throws IOException {
        TlsIdentity identity = TlsIdentity.of(files, vertx);
        try {
            server.updateSSLOptions(identity.options()).await(UPDATE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the server did not take them within " + UPDATE_TIMEOUT, e);
        }
        current = identity;
        X509Certificate certificate = identity.certificate();
        LOG.atInfo()
                .addKeyValue("subject", certificate.getSubjectX500Principal())
                .addKeyValue("expires", certificate.getNotAfter().toInstant())
                .log("the TLS certificate was renewed");
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
