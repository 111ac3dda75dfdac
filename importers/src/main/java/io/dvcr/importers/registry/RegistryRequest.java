package io.dvcr.importers.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;

/**
 * A request, to be sent once or several times.
 *
 * @param body in an array; it may be empty
 * @param timeout until the answer begins; the body has to be sent by then
 * @param repeatable whether it may be sent again by itself when it is not known what became of it
 */
record RegistryRequest(
        String method, Map<String, String> headers, ByteBuffer body, Duration timeout, boolean repeatable) {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    RegistryRequest {
        headers = Map.copyOf(headers);
    }

    static RegistryRequest get(Map<String, String> headers) {
        return new RegistryRequest("GET", headers, NOTHING, ANSWER_TIMEOUT, true);
    }

    static RegistryRequest head(Map<String, String> headers) {
        return new RegistryRequest("HEAD", headers, NOTHING, ANSWER_TIMEOUT, true);
    }

    /** Without a body. */
    static RegistryRequest post() {
        return new RegistryRequest("POST", Map.of(), NOTHING, ANSWER_TIMEOUT, true);
    }

    static RegistryRequest post(String contentType, String body) {
        return new RegistryRequest(
                "POST",
                Map.of("Content-Type", contentType),
                ByteBuffer.wrap(body.getBytes(UTF_8)),
                ANSWER_TIMEOUT,
                true);
    }

    /** @param extraTime to send the body in, beyond the time for the answer */
    static RegistryRequest put(String contentType, ByteBuffer body, Duration extraTime, boolean repeatable) {
        return new RegistryRequest(
                "PUT", Map.of("Content-Type", contentType), body, ANSWER_TIMEOUT.plus(extraTime), repeatable);
    }

    /** Where redirects are followed: elsewhere they would lead a body astray. */
    boolean reads() {
        return method.equals("GET") || method.equals("HEAD");
    }
}
