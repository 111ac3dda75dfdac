package io.dvcr.registry.http;

import java.util.Arrays;
import java.util.Optional;

/** The request methods that some route takes. HEAD is not among them: it is answered as GET without the body. */
public enum Method {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE,
    OPTIONS;

    static Optional<Method> named(String name) {
        return name.equals("HEAD")
                ? Optional.of(GET)
                : Arrays.stream(values()).filter(m -> m.name().equals(name)).findFirst();
    }
}
