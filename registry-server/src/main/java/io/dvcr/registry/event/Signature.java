package io.dvcr.registry.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs events as Standard Webhooks 1.0 has it: {@code webhook-signature} is {@code v1,} and the Base64 of the
 * HMAC-SHA256 of {@code id.timestamp.body}. A secret that begins with {@code whsec_} is the Base64 of the key; any other
 * is the key itself.
 */
record Signature(String secret) {
    private static final String ENCODED = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";

    Signature {
        key(secret); // a malformed one must not first be found out when there is an event
    }

    /** @param timestamp in seconds since 1970 */
    String of(String id, long timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key(secret), ALGORITHM));
            mac.update((id + "." + timestamp + ".").getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private static byte[] key(String secret) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("a webhook's secret must not be empty");
        }
        return secret.startsWith(ENCODED)
                ? Base64.getDecoder().decode(secret.substring(ENCODED.length()))
                : secret.getBytes(UTF_8);
    }

    @Override
    public String toString() {
        return "Signature[secret]";
    }
}
