package io.dvcr.importers.source;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/** What the bytes of a source, as they are served, must hash to. Every instance is well formed. */
public record Checksum(Algorithm algorithm, String hex) {

    /** The algorithms that publishers of images use. MD5 and SHA-1 guard against damage, not against malice. */
    public enum Algorithm {
        MD5("md5", "MD5", 32),
        SHA1("sha1", "SHA-1", 40),
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String label;
        private final String javaName;
        private final int hexLength;

        Algorithm(String label, String javaName, int hexLength) {
            this.label = label;
            this.javaName = javaName;
            this.hexLength = hexLength;
        }

        public String label() {
            return label;
        }

        int hexLength() {
            return hexLength;
        }

        MessageDigest newHash() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has " + javaName, e);
            }
        }
    }

    public Checksum {
        hex = hex.toLowerCase(Locale.ROOT);
        if (hex.length() != algorithm.hexLength || !hex.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("not a " + algorithm.label + " checksum: " + hex);
        }
    }

    /** @throws RegistryException with {@link RequestInvalid} if a client's {@code algorithm} or {@code hex} is wrong */
    public static Checksum parse(String algorithm, String hex) {
        Algorithm known = Arrays.stream(Algorithm.values())
                .filter(a -> a.label.equals(algorithm))
                .findFirst()
                .orElseThrow(() -> invalid("checksum algorithm must be md5, sha1, sha256 or sha512, not " + algorithm));
        try {
            return new Checksum(known, hex);
        } catch (IllegalArgumentException e) {
            throw invalid(known.label + " checksum must have " + known.hexLength + " hexadecimal digits");
        }
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new RequestInvalid(reason));
    }

    /** A new computation of this checksum. */
    public Verifier verifier() {
        return new Verifier(this, algorithm.newHash());
    }

    /** Hashes what passes and says in the end whether it was the right thing. Not thread-safe. */
    public static final class Verifier {
        private final Checksum expected;
        private final MessageDigest hash;

        private Verifier(Checksum expected, MessageDigest hash) {
            this.expected = expected;
            this.hash = hash;
        }

        public void update(byte[] content, int offset, int length) {
            hash.update(content, offset, length);
        }

        /** @throws SourceException with {@link SourceError.ChecksumMismatch} unless what passed fits */
        public void verify() {
            String actual = HexFormat.of().formatHex(hash.digest());
            if (!actual.equals(expected.hex)) {
                throw new SourceException(new SourceError.ChecksumMismatch(expected, actual));
            }
        }
    }
}
