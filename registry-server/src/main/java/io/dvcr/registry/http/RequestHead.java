package io.dvcr.registry.http;

import java.util.Optional;

/**
 * A request as it comes in, before anything is made of it.
 *
 * @param id names the request in logs, and in the reply's {@code X-Request-Id}
 * @param method as the client wrote it: any token
 * @param path as the client wrote it, less what is a secret
 * @param protocol {@code HTTP/1.1} or {@code HTTP/2}
 */
public record RequestHead(String id, String method, String path, String protocol, Client client, Headers headers) {

    /** Looks up headers. */
    @FunctionalInterface
    public interface Headers {

        /** The first value of a header; {@code name} in any case. */
        Optional<String> first(String name);
    }
}
