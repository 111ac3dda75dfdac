package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.RequestBytes;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A body of type {@code application/x-www-form-urlencoded}. */
record FormBody(Map<String, List<String>> fields) {
    private static final int MAX_BYTES = 64 * 1024;

    /** @throws RegistryException with {@link RequestInvalid} if it is malformed */
    static FormBody of(Request request) throws IOException {
        String body = new String(RequestBytes.readAll(request, "the form", MAX_BYTES), UTF_8);
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (String field : body.split("&", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.computeIfAbsent(decode(field.substring(0, equals)), _ -> new ArrayList<>())
                        .add(decode(field.substring(equals + 1)));
            }
        }
        return new FormBody(fields);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(new RequestInvalid("the form is not well formed"));
        }
    }

    List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }

    Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    String required(String name) {
        return first(name).orElseThrow(() -> new RegistryException(new RequestInvalid(name + " is missing")));
    }
}
