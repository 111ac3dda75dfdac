package io.dvcr.registry.http;

import io.dvcr.registry.access.Caller;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request as a handler sees it.
 *
 * @param isHead whether only the head of the reply will be sent
 * @param path the path, as it was sent
 * @param pathParameters what the named groups of the route matched
 * @param query the values of each query parameter, decoded
 * @param headers the first value of each header; names in any case
 * @param client who sent it, as far as the connection tells
 * @param caller who sent it, and what they may do; while a route's access is not decided, nobody
 * @param body to be read to its end or not at all; what is left of it the server discards
 */
public record Request(
        boolean isHead,
        String path,
        Map<String, String> pathParameters,
        Map<String, List<String>> query,
        Map<String, String> headers,
        Client client,
        Caller caller,
        InputStream body) {

    public Request {
        pathParameters = Map.copyOf(pathParameters);
        query = Map.copyOf(query);
        headers = HeaderMap.copyOf(headers);
    }

    /** What the route's group {@code name} matched. */
    public String pathParameter(String name) {
        String value = pathParameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no parameter " + name);
        }
        return value;
    }

    /** The first value of a query parameter. */
    public Optional<String> query(String name) {
        return queryAll(name).stream().findFirst();
    }

    /** All values of a query parameter; none if it is missing. */
    public List<String> queryAll(String name) {
        return query.getOrDefault(name, List.of());
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The length that the client announced for the body, in bytes; empty if it did not. */
    public Optional<Long> contentLength() {
        return header("Content-Length").map(text -> parseSize("Content-Length", text));
    }

    /** A query parameter that counts something; {@code fallback} if it is missing, {@code max} if it is larger. */
    public int count(String name, int fallback, int max) {
        return query(name)
                .map(text -> (int) Math.min(max, parseSize(name, text)))
                .orElse(fallback);
    }

    private static long parseSize(String name, String text) {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new RegistryException(new RequestInvalid(name + " must be a number from 0 on, not \"" + text + "\""));
        }
        return Long.parseLong(text);
    }

    /** This request, as if the route's groups had matched {@code parameters}. */
    public Request withPathParameters(Map<String, String> parameters) {
        return new Request(isHead, path, parameters, query, headers, client, caller, body);
    }

    Request by(Caller identified) {
        return new Request(isHead, path, pathParameters, query, headers, client, identified, body);
    }
}
