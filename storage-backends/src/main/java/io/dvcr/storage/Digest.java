package io.dvcr.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The content address of a blob or manifest, as in the OCI image specification, section "Digests". Every instance is
 * well formed.
 */
public record Digest(Algorithm algorithm, String hex) {

    /** The registered algorithms of the OCI image specification. */
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String prefix;
        private final String javaName;
        private final int hexLength;

        Algorithm(String prefix, String javaName, int hexLength) {
            this.prefix = prefix;
            this.javaName = javaName;
            this.hexLength = hexLength;
        }

        /** The name before the colon: {@code sha256} or {@code sha512}. */
        public String prefix() {
            return prefix;
        }

        /** A new hash in its initial state. */
        public MessageDigest newHash() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has " + javaName, e);
            }
        }

        /** The algorithm called {@code prefix}; empty if the specification registers none of that name. */
        public static Optional<Algorithm> named(String prefix) {
            return Arrays.stream(values()).filter(a -> a.prefix.equals(prefix)).findFirst();
        }
    }

    public Digest {
        if (hex.length() != algorithm.hexLength || !isLowerHex(hex)) {
            throw new IllegalArgumentException("not a " + algorithm.prefix + " hash: " + hex);
        }
    }

    /** @throws RegistryException with {@link RegistryError.DigestInvalid} if a client's {@code text} is malformed */
    public static Digest parse(String text) {
        return tryParse(text).orElseThrow(() -> new RegistryException(new RegistryError.DigestInvalid(text)));
    }

    /** The digest that {@code text} spells, or empty if it is not a well-formed digest of a known algorithm. */
    public static Optional<Digest> tryParse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String hex = text.substring(colon + 1);
        return Algorithm.named(text.substring(0, colon))
                .filter(a -> hex.length() == a.hexLength && isLowerHex(hex))
                .map(a -> new Digest(a, hex));
    }

    /** The digest whose raw hash is {@code hash}, as {@link MessageDigest#digest()} gives it. */
    public static Digest of(Algorithm algorithm, byte[] hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash));
    }

    /** The SHA-256 digest of {@code content}. */
    public static Digest sha256(byte[] content) {
        return of(Algorithm.SHA256, Algorithm.SHA256.newHash().digest(content));
    }

    /** Whether this is the digest of {@code content}. */
    public boolean isOf(byte[] content) {
        return equals(of(algorithm, algorithm.newHash().digest(content)));
    }

    /** The raw hash. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** {@code sha256:…}, as it is written in manifests and URLs. */
    @Override
    public String toString() {
        return algorithm.prefix + ":" + hex;
    }

    private static boolean isLowerHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }
}
