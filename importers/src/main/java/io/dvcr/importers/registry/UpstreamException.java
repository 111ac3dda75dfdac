package io.dvcr.importers.registry;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;

/** A registry answered with something else than was hoped for, or not at all. */
public final class UpstreamException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int NO_ANSWER = 0;

    private final int status;
    private final transient Optional<Duration> retryAfter;

    private UpstreamException(int status, Optional<Duration> retryAfter, String message, Optional<Throwable> cause) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
        cause.ifPresent(this::initCause);
    }

    /** It does not answer, or says what cannot be understood. */
    static UpstreamException silent(Exception cause) {
        return new UpstreamException(
                NO_ANSWER, Optional.empty(), String.valueOf(cause.getMessage()), Optional.of(cause));
    }

    /** It did not answer a moment ago, and is not asked again yet. */
    public static UpstreamException leftAlone(String registry) {
        return new UpstreamException(
                NO_ANSWER, Optional.empty(), registry + " did not answer a moment ago", Optional.empty());
    }

    static UpstreamException answered(int status, HttpHeaders headers, String message) {
        return new UpstreamException(status, retryAfter(headers), message, Optional.empty());
    }

    /** Seconds alone: who names a date instead is asked again when it suits us. */
    private static Optional<Duration> retryAfter(HttpHeaders headers) {
        return headers.firstValue("Retry-After")
                .filter(value -> value.matches("\\d{1,6}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)));
    }

    /** Of the answer; empty if there was none. */
    public Optional<Integer> status() {
        return status == NO_ANSWER ? Optional.empty() : Optional.of(status);
    }

    /** How long it asks to be left alone. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }

    /** Whether it may answer better the next time, whoever asks. */
    public boolean isPassing() {
        return status == NO_ANSWER || RegistryHttp.isPassing(status) || status >= 500;
    }
}
