package io.dvcr.registry.api;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code Upload-Checksum}: what the body of a PATCH hashes to.
 *
 * @param algorithm one of {@link #ALGORITHMS}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TusChecksum(String algorithm, byte[] expected) {
    private static final Map<String, String> JAVA_NAMES =
            Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512");

    /** As {@code Tus-Checksum-Algorithm} lists them. */
    static final String ALGORITHMS = String.join(",", new TreeMap<>(JAVA_NAMES).keySet());

    /** @throws RegistryException with {@link RequestInvalid} unless it is as tus has it, "Upload-Checksum" */
    static TusChecksum parse(String header) {
        String[] parts = header.strip().split(" ", 2);
        if (!JAVA_NAMES.containsKey(parts[0])) {
            throw invalid("one of " + ALGORITHMS);
        }
        try {
            return new TusChecksum(parts[0], Base64.getDecoder().decode(parts.length == 2 ? parts[1].strip() : "?"));
        } catch (IllegalArgumentException e) {
            throw invalid("an algorithm and a hash in Base64");
        }
    }

    private static RegistryException invalid(String expected) {
        return new RegistryException(new RequestInvalid("Upload-Checksum must have " + expected));
    }

    MessageDigest newHash() {
        try {
            return MessageDigest.getInstance(JAVA_NAMES.getOrDefault(algorithm, algorithm));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
