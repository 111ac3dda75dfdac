package io.dvcr.registry.http;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Names of requests: the client's own {@code X-Request-Id} if it will do, else a random one. */
final class RequestId {
    static final String HEADER = "X-Request-Id";

    /** Nothing that could forge a line of a log or a header. */
    private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}");

    private RequestId() {}

    static String of(Optional<String> sent) {
        return sent.filter(id -> ACCEPTED.matcher(id).matches()).orElseGet(RequestId::random);
    }

    /** Not a secret, so it need not be hard to guess. */
    private static String random() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
