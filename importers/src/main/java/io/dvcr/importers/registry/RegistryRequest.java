package io.dvcr.importers.registry;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;

/**
 * A request, to be sent once or several times.
 *
 * @param timeout until the answer begins; the body has to be sent by then
 * @param repeatable whether it may be sent again by itself when it is not known what became of it
 */
record RegistryRequest(
        String method, Map<String, String> headers, BodyPublisher body, Duration timeout, boolean repeatable) {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    RegistryRequest {
        headers = Map.copyOf(headers);
    }

    static RegistryRequest get(Map<String, String> headers) {
        return new RegistryRequest("GET", headers, BodyPublishers.noBody(), ANSWER_TIMEOUT, true);
    }

    static RegistryRequest head(Map<String, String> headers) {
        return new RegistryRequest("HEAD", headers, BodyPublishers.noBody(), ANSWER_TIMEOUT, true);
    }

    /** Without a body. */
    static RegistryRequest post() {
        return new RegistryRequest("POST", Map.of(), BodyPublishers.noBody(), ANSWER_TIMEOUT, true);
    }

    static RegistryRequest post(String contentType, String body) {
        return new RegistryRequest(
                "POST", Map.of("Content-Type", contentType), BodyPublishers.ofString(body), ANSWER_TIMEOUT, true);
    }

    /** @param extraTime to send the body in, beyond the time for the answer */
    static RegistryRequest put(String contentType, BodyPublisher body, Duration extraTime, boolean repeatable) {
        return new RegistryRequest(
                "PUT", Map.of("Content-Type", contentType), body, ANSWER_TIMEOUT.plus(extraTime), repeatable);
    }

    /** Where redirects are followed: elsewhere they would lead a body astray. */
    boolean reads() {
        return method.equals("GET") || method.equals("HEAD");
    }

    HttpRequest.Builder to(URI url) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url).method(method, body).timeout(timeout);
        headers.forEach(request::header);
        return request;
    }
}
