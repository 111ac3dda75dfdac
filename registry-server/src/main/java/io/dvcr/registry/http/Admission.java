package io.dvcr.registry.http;

import io.dvcr.storage.AddressRange;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryError.Unavailable;
import io.dvcr.storage.RegistryException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in, so many at once and no more than a fair number of each client. Who is not let in is told to come
 * again; nobody waits for ever. Thread-safe.
 */
final class Admission {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** Who has one address of a network of IPv6 has them all: RFC 6177. */
    private static final int IPV6_CLIENT_BITS = 64;

    private final LoadLimits limits;
    private final Semaphore turns;
    private final Map<InetAddress, Load> clients = new ConcurrentHashMap<>();

    Admission(LoadLimits limits) {
        this.limits = limits;
        this.turns = new Semaphore(limits.requests(), true);
    }

    /** To be closed when the request has been answered. */
    interface Pass extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for a turn.
     *
     * @throws RegistryException with {@link TooManyRequests} if this client has enough under way, or with
     *     {@link Unavailable} if all clients together have
     */
    Pass admit(InetAddress address, boolean isUpload) {
        InetAddress client = address instanceof Inet6Address ? AddressRange.masked(address, IPV6_CLIENT_BITS) : address;
        clients.compute(client, (_, load) -> added(load, isUpload));
        try {
            awaitTurn();
        } catch (RegistryException e) {
            leave(client, isUpload);
            throw e;
        }
        return () -> {
            turns.release();
            leave(client, isUpload);
        };
    }

    private Load added(@Nullable Load load, boolean isUpload) {
        Load before = load == null ? Load.NONE : load;
        if (before.requests >= limits.requestsPerClient()) {
            throw tooMany("requests", limits.requestsPerClient());
        }
        if (isUpload && before.uploads >= limits.uploadsPerClient()) {
            throw tooMany("requests with a body", limits.uploadsPerClient());
        }
        return new Load(before.requests + 1, before.uploads + (isUpload ? 1 : 0));
    }

    private void leave(InetAddress client, boolean isUpload) {
        clients.computeIfPresent(
                client,
                (_, load) ->
                        load.requests == 1 ? null : new Load(load.requests - 1, load.uploads - (isUpload ? 1 : 0)));
    }

    private void awaitTurn() {
        try {
            if (isCrowded() || !turns.tryAcquire(limits.queueTime().toNanos(), TimeUnit.NANOSECONDS)) {
                throw unavailable("the server has " + limits.requests() + " requests under way and more waiting");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the server is stopping");
        }
    }

    /** Whether as many wait as are worked on, and nobody else may. */
    boolean isCrowded() {
        return turns.getQueueLength() >= limits.requests();
    }

    private static RegistryException tooMany(String what, int limit) {
        return new RegistryException(
                new TooManyRequests("you have " + limit + " " + what + " under way already", RETRY_AFTER));
    }

    private static RegistryException unavailable(String reason) {
        return new RegistryException(new Unavailable(reason, RETRY_AFTER));
    }

    /** How many clients have a request under way. */
    int clients() {
        return clients.size();
    }

    /** What one client has under way. */
    private record Load(int requests, int uploads) {
        private static final Load NONE = new Load(0, 0);
    }
}
