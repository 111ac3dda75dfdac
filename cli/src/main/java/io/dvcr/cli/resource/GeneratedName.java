package io.dvcr.cli.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.stream.Collectors;

/** {@code metadata.generateName}: what a name begins with, whose rest is for the server to make up. */
final class GeneratedName {
    /** Without vowels, as Kubernetes has it: no words come of it. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private static final int LENGTH = 5;
    private static final SecureRandom RANDOM = new SecureRandom();

    private GeneratedName() {}

    /** Names what has no name yet. */
    static void giveTo(ObjectNode manifest) {
        if (manifest.path("metadata") instanceof ObjectNode metadata && metadata.has("generateName")) {
            String start = metadata.path("generateName").asText("");
            if (!start.isEmpty() && metadata.path("name").asText("").isEmpty()) {
                metadata.put("name", start + ending());
            }
            metadata.remove("generateName");
        }
    }

    private static String ending() {
        return RANDOM.ints(LENGTH, 0, ALPHABET.length())
                .mapToObj(at -> ALPHABET.substring(at, at + 1))
                .collect(Collectors.joining());
    }
}
