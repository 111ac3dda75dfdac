package io.dvcr.importers.source;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;

/** A server answered that it cannot answer now: it may later. */
final class BusyException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Duration retryAfter;

    private BusyException(int status, Duration retryAfter) {
        super("it answered with status " + status);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    static BusyException of(HttpResponse response) {
        return new BusyException(response.getCode(), retryAfter(response));
    }

    /** Whether {@code status} is of a failure that passes. */
    static boolean isPassing(int status) {
        return status == 408 || status == 429 || status >= 500;
    }

    int status() {
        return status;
    }

    /** How long the server asks to be left alone (RFC 9110, section 10.2.3); zero if it does not say. */
    Duration retryAfter() {
        return retryAfter;
    }

    private static Duration retryAfter(HttpResponse response) {
        Optional<String> value = Representation.header(response, HttpHeaders.RETRY_AFTER);
        if (value.isEmpty()) {
            return Duration.ZERO;
        }
        return value.get().matches("\\d{1,9}")
                ? Duration.ofSeconds(Long.parseLong(value.get()))
                : until(response, value.get());
    }

    /** By the server's own clock, which need not be ours. */
    private static Duration until(HttpResponse response, String date) {
        Instant now = DateUtils.parseStandardDate(response, HttpHeaders.DATE);
        Instant then = DateUtils.parseStandardDate(date);
        return now == null || then == null || then.isBefore(now) ? Duration.ZERO : Duration.between(now, then);
    }
}
