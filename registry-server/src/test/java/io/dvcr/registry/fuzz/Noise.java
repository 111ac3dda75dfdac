package io.dvcr.registry.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Random;

/** Values that are wrong, or just right, from a seed. Not thread-safe. */
final class Noise {
    private static final String ODD = "\0\t\r\n \"%/\\?#&=;:,.-_~@[]{}<>|^`'$*+!\u0080\u00ff\u007fAaZz09";

    private final Random random;

    Noise(long seed) {
        this.random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    byte[] bytes(int maxLength) {
        byte[] bytes = new byte[random.nextInt(maxLength + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Mostly what breaks parsers. */
    String odd(int maxLength) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(maxLength + 1);
        for (int i = 0; i < length; i++) {
            text.append(ODD.charAt(random.nextInt(ODD.length())));
        }
        return text.toString();
    }

    /** {@code text} with a few bytes changed, lost or doubled. */
    byte[] mutated(String text) {
        StringBuilder mutant = new StringBuilder(text);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && !mutant.isEmpty(); i++) {
            int at = random.nextInt(mutant.length());
            switch (random.nextInt(4)) {
                case 0 -> mutant.setCharAt(at, (char) random.nextInt(256));
                case 1 -> mutant.deleteCharAt(at);
                case 2 -> mutant.insert(at, odd(3));
                default -> {
                    int end = Math.min(mutant.length(), at + random.nextInt(20));
                    mutant.insert(at, mutant.substring(at, end));
                }
            }
        }
        return mutant.toString().getBytes(ISO_8859_1);
    }

    String name() {
        return oneIn(2) ? "fuzz/c" : strangeName();
    }

    private String strangeName() {
        return of("fuzz/a", "fuzz/b", "A", "a//b", "a..b", "-a", "a/", "_", "a".repeat(300), "%2e%2e", "a%00b", odd(12))
                .replaceAll("[\\x00-\\x20?#\\x7f-\\uffff]", "_");
    }

    String digest() {
        return of(
                "sha256:" + "0".repeat(64),
                "sha256:" + "g".repeat(64),
                "sha256:" + "0".repeat(63),
                "SHA256:" + "0".repeat(64),
                "sha512:" + "0".repeat(128),
                "sha512:" + "0".repeat(64),
                "md5:" + "0".repeat(32),
                "sha256:",
                ":",
                "x".repeat(2000));
    }

    String range() {
        long first = of(0L, 1L, -1L, Long.MAX_VALUE, (long) random.nextInt(100));
        long last = of(0L, 1L, -5L, Long.MAX_VALUE, (long) random.nextInt(100));
        return of(
                        "bytes=" + first + "-" + last,
                        first + "-" + last,
                        "bytes=-" + last,
                        "bytes=" + first + "-",
                        "bytes=0-0,2-3")
                + of("", "", "", "/", "/*", ",", "x", "9".repeat(30));
    }

    String json() {
        return switch (random.nextInt(6)) {
            case 0 -> "[".repeat(of(10, 1000, 50_000));
            case 1 -> "{\"a\":".repeat(of(10, 1000, 20_000)) + "1";
            case 2 -> "{\"schemaVersion\":" + of("2", "\"2\"", "2e999", "-1", "null", "[]", "9".repeat(500)) + "}";
            case 3 -> odd(50);
            case 4 -> manifest();
            default -> new String(mutated(manifest()), ISO_8859_1);
        };
    }

    private String manifest() {
        String descriptor = "{\"mediaType\":" + of("\"a/b\"", "\"\"", "1", "null") + ",\"size\":"
                + of("1", "-1", "1.5", "\"1\"", "99999999999999999999", "null") + ",\"digest\":"
                + of("\"" + digest() + "\"", "1", "null", "{}") + "}";
        String config = of("\"config\":" + descriptor + ",", "\"config\":[],", "");
        String layers = of(
                "\"layers\":[" + descriptor + "]",
                "\"layers\":{}",
                "\"manifests\":[" + descriptor + ",null]",
                "\"x\":1");
        String subject = of("", ",\"subject\":" + descriptor, ",\"subject\":null", ",\"subject\":7");
        return "{\"schemaVersion\":2," + config + layers + subject + ",\"annotations\":"
                + of("{}", "[]", "{\"a\":1}", "null", "{\"\\u0000\":\"\\ud800\"}") + "}";
    }

    String mediaType() {
        return of(
                "application/vnd.oci.image.manifest.v1+json",
                "application/vnd.oci.image.index.v1+json",
                "application/vnd.docker.distribution.manifest.v2+json",
                "text/plain",
                "",
                ";",
                "a/b;" + "c".repeat(300),
                "a/\u00e4",
                odd(10).replaceAll("[\\r\\n]", ""));
    }

    List<String> queries() {
        return List.of(
                "",
                "?n=" + of("0", "-1", "99999999999999999999", "x", "%zz"),
                "?last=" + of("a", "%00", "%C3%28", "\u00e4", "a".repeat(500)),
                "?digest=" + digest(),
                "?mount=" + digest() + "&from=" + name(),
                "?tag=" + of("ok", "-x", "a b", "x".repeat(200)),
                "?digest-algorithm=" + of("sha256", "sha512", "md5", ""),
                "?artifactType=" + of("a", "%", "a&artifactType=b"),
                "?format=" + of("raw", "qcow2", "nope", ""),
                "?" + odd(20).replaceAll("[\\s#]", ""));
    }
}
