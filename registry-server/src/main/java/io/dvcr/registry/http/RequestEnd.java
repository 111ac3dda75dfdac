package io.dvcr.registry.http;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of a request.
 *
 * @param route the {@linkplain Route#template template} of the route that took it, or {@link #UNROUTED}
 * @param caller the name that was proved; empty for an anonymous caller
 * @param status of the reply
 * @param complete false if the client went away before it had the whole reply
 * @param bytesReceived of the request's body
 * @param bytesSent of the reply's body
 */
public record RequestEnd(
        String route,
        Optional<String> caller,
        int status,
        boolean complete,
        long bytesReceived,
        long bytesSent,
        Duration duration) {

    /** Stands for the route of what no route takes. */
    public static final String UNROUTED = "(none)";
}
