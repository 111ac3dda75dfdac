package io.dvcr.registry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Counts wrong passwords and slows down who guesses: one address that tries many, and many addresses that try one name.
 * Who has guessed nothing wrong yet is always heard once, so that nobody can lock somebody else out. Counts leak away
 * with time (the generic cell rate algorithm). Remembers a bounded number of culprits. Thread-safe.
 */
final class LoginAttempts {
    private static final int MAX_REMEMBERED = 50_000;

    /** As many addresses as one has failures may have one name wrong. */
    private static final int NAME_FACTOR = 5;

    private final LoginLimits limits;
    private final Ticker ticker;
    private final Cache<String, Long> emptyAt;

    LoginAttempts(LoginLimits limits, Ticker ticker) {
        this.limits = limits;
        this.ticker = ticker;
        this.emptyAt = Caffeine.newBuilder()
                .maximumSize(MAX_REMEMBERED)
                .expireAfterWrite(limits.window().multipliedBy(2))
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /** @throws RegistryException with {@link TooManyRequests} if a password from there is not looked at now */
    void requireAllowed(InetAddress address, String name) {
        long wait = waitFor(byAddress(address), limits.failures());
        if (waitFor(byName(name), limits.failures() * NAME_FACTOR) > 0) {
            wait = Math.max(wait, waitFor(byBoth(address, name), 1));
        }
        if (wait > 0) {
            throw new RegistryException(new TooManyRequests(
                    "too many wrong passwords; wait before the next",
                    Duration.ofNanos(wait).plusSeconds(1)));
        }
    }

    void failed(InetAddress address, String name) {
        count(byAddress(address), limits.failures());
        count(byName(name), limits.failures() * NAME_FACTOR);
        count(byBoth(address, name), 1);
    }

    /** How long until one more failure is allowed, in nanoseconds; 0 or less for now. */
    private long waitFor(String culprit, int allowed) {
        Long empty = emptyAt.getIfPresent(culprit);
        return empty == null ? 0 : empty - ticker.read() - windowNanos() + interval(allowed);
    }

    private void count(String culprit, int allowed) {
        long now = ticker.read();
        emptyAt.asMap()
                .merge(
                        culprit,
                        now + interval(allowed),
                        (empty, fresh) -> empty - now > 0 ? empty + interval(allowed) : fresh);
    }

    private long interval(int allowed) {
        return windowNanos() / allowed;
    }

    private long windowNanos() {
        return limits.window().toNanos();
    }

    private static String byName(String name) {
        return "name " + shortened(name);
    }

    private static String byBoth(InetAddress address, String name) {
        return byAddress(address) + " " + byName(name);
    }

    private static String byAddress(InetAddress address) {
        byte[] bytes = address.getAddress();
        int network = address instanceof Inet6Address ? 8 : bytes.length; // who has one IPv6 address has its /64
        return "address " + HexFormat.of().formatHex(Arrays.copyOf(bytes, network));
    }

    private static String shortened(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100);
    }
}
