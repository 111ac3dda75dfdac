package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Judges passwords of users. bcrypt is slow on purpose, so what was right is remembered for a minute, and half of the
 * processors at most compare at once. It takes the same whether there is such a user or not. Thread-safe.
 */
final class Passwords {
    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MAX_REMEMBERED = 10_000;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private final PasswordHash hash;
    private final LoginAttempts attempts;
    private final Semaphore processors =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    private final SecretKeySpec processKey;
    private final Cache<ByteBuffer, Boolean> verified = Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .build();

    Passwords(PasswordHash hash, LoginAttempts attempts) {
        this.hash = hash;
        this.attempts = attempts;
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        this.processKey = new SecretKeySpec(key, "HmacSHA256");
    }

    /** @throws RegistryException with {@link TooManyRequests} if there were too many wrong ones, or all are busy */
    boolean verify(Htpasswd users, InetAddress from, String user, String password) {
        attempts.requireAllowed(from, user);
        String expected = users.hashOf(user).orElseGet(users::hashOfNobody);
        ByteBuffer memory = remember(user, password, expected);
        if (verified.getIfPresent(memory) != null) {
            return true;
        }
        takeProcessor();
        try {
            // Others may have come in between: the same again, as clients with many connections do, or guesses.
            attempts.requireAllowed(from, user);
            if (verified.getIfPresent(memory) != null) {
                return true;
            }
            boolean right =
                    hash.matches(password, expected) && users.hashOf(user).isPresent();
            if (right) {
                verified.put(memory, true);
            } else {
                attempts.failed(from, user);
            }
            return right;
        } finally {
            processors.release();
        }
    }

    private void takeProcessor() {
        try {
            if (processors.tryAcquire(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new RegistryException(new TooManyRequests("too many logins at once; try again", Duration.ofSeconds(2)));
    }

    /** Tells what was right from all else, without keeping it. With the hash in it, it ends when the password changes. */
    private ByteBuffer remember(String user, String password, String expected) {
        try {
            Mac mac = Mac.getInstance(processKey.getAlgorithm());
            mac.init(processKey);
            for (String part : new String[] {user, expected, password}) {
                byte[] bytes = part.getBytes(UTF_8);
                mac.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
                mac.update(bytes);
            }
            return ByteBuffer.wrap(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
