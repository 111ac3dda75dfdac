package io.dvcr.importers.source;

import io.dvcr.importers.source.SourceError.HttpStatus;
import io.dvcr.importers.source.SourceError.Unreachable;
import io.dvcr.importers.source.SourceError.Untrusted;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Bears with a source that fails: waits and lets it be tried again, until it has failed too often in a row. An attempt
 * after which hardly anything arrived is a failure like one after which nothing did, for a source that drips would
 * otherwise be borne with for ever. Not thread-safe.
 */
final class Attempts {
    private static final int LONGEST_CHAIN = 20;

    private final URI url;
    private final DownloadPatience patience;
    private int failures;
    private long reached;

    Attempts(URI url, DownloadPatience patience) {
        this.url = url;
        this.patience = patience;
    }

    /**
     * An attempt ended with {@code cause} when {@code position} bytes were there. Returns when it is time for the next.
     *
     * @throws SourceException if there is not to be another
     * @throws InterruptedIOException if the download is to stop
     */
    void failed(IOException cause, long position) throws IOException {
        if (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException)) {
            throw cause;
        }
        Optional<String> distrust = distrust(cause);
        if (distrust.isPresent()) {
            throw new SourceException(new Untrusted(url, distrust.get()), cause);
        }
        if (position - reached >= patience.leastProgressBytes()) {
            failures = 0;
            reached = position;
        }
        failures++;
        if (failures >= patience.backoff().attempts()) {
            throw new SourceException(error(cause), cause);
        }
        patience.backoff().pause(failures, leave(cause));
    }

    private SourceError error(IOException cause) {
        return cause instanceof BusyException busy
                ? new HttpStatus(url, busy.status())
                : new Unreachable(url, reason(cause));
    }

    private Duration leave(IOException cause) {
        Duration asked = cause instanceof BusyException busy ? busy.retryAfter() : Duration.ZERO;
        return asked.compareTo(patience.longestRetryAfter()) > 0 ? patience.longestRetryAfter() : asked;
    }

    /** Why a certificate is not taken, if that is what failed: it will not be any better for waiting. */
    private static Optional<String> distrust(IOException cause) {
        return Stream.iterate((Throwable) cause, e -> e != null, Throwable::getCause)
                .limit(LONGEST_CHAIN)
                .filter(e -> e instanceof CertificateException
                        || e instanceof CertPathValidatorException
                        || e instanceof SSLPeerUnverifiedException)
                .map(e -> String.valueOf(e.getMessage()))
                .findFirst();
    }

    private static String reason(IOException e) {
        if (e instanceof UnknownHostException) {
            return "the host is not known";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
