package io.dvcr.registry.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths that let in whoever knows them. What is logged or traced must not be worth stealing. */
final class SecretPaths {
    private static final Pattern SECRET = Pattern.compile("(.*/api/v1/uploads/).+");

    private SecretPaths() {}

    /** {@code path}, to be told to others than its client. */
    static String masked(String path) {
        Matcher secret = SECRET.matcher(path);
        return secret.matches() ? secret.group(1) + "…" : path;
    }
}
