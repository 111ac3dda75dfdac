package io.dvcr.storage.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.QuotaExceeded;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Knows what each repository holds, and refuses what its quota has no room for. The truth is what the store lists; the
 * figures here are counts of it, which this server keeps up with what it adds itself. A figure is counted anew now and
 * then, and before anything is refused for it, so it mends itself, and room that was made is found at once.
 *
 * <p>What one server adds never exceeds a quota. Servers that share a store learn of each other's additions by counting:
 * together they may exceed it by what the others add between two counts. That is a minute, or twenty times as long as a
 * count takes if that is longer. Uploads that are not finished do not count, but none may outgrow the room there is.
 *
 * <p>Thread-safe.
 */
public final class RepositoryQuotas {
    private static final int MAX_LEDGERS = 10_000;

    private final Supplier<RepositoryPolicies> policies;
    private final HeldContent content;
    private final Clock clock;

    /** What is forgotten is counted again when it is needed. */
    private final Cache<RepositoryName, RepositoryLedger> ledgers =
            Caffeine.newBuilder().maximumSize(MAX_LEDGERS).build();

    RepositoryQuotas(ObjectStore store, Supplier<RepositoryPolicies> policies, Clock clock) {
        this.policies = policies;
        this.content = new HeldContent(store);
        this.clock = clock;
    }

    /**
     * What a repository holds and may hold.
     *
     * @param quotaBytes empty if there is no limit
     */
    public record Usage(long heldBytes, OptionalLong quotaBytes) {}

    /** A second old at most, or twenty times as old as it takes to count. */
    public Usage usage(RepositoryName repository) throws IOException {
        RepositoryLedger ledger = ledger(repository);
        ledger.countAgain();
        return new Usage(ledger.account().heldBytes(), policies.get().quotaBytes(repository));
    }

    /**
     * Looks ahead: refuses what could not be charged if it came now.
     *
     * @throws RegistryException with {@link QuotaExceeded} if the repository has no room for so many bytes more
     */
    public void requireRoom(RepositoryName repository, long bytes) throws IOException {
        OptionalLong limit = policies.get().quotaBytes(repository);
        if (limit.isEmpty()) {
            return;
        }
        RepositoryLedger ledger = ledger(repository);
        boolean room = ledger.account().hasRoom(bytes, limit.getAsLong())
                || (ledger.countAgain() && ledger.account().hasRoom(bytes, limit.getAsLong()));
        if (!room) {
            throw exceeded(repository, ledger, bytes, limit.getAsLong());
        }
    }

    /**
     * Takes room for content that the repository does not have yet.
     *
     * @throws RegistryException with {@link QuotaExceeded} if it has not that much
     */
    Charge charge(RepositoryName repository, Digest digest, long bytes) throws IOException {
        OptionalLong limit = policies.get().quotaBytes(repository);
        if (limit.isEmpty()) {
            RepositoryLedger counted = ledgers.getIfPresent(repository);
            return counted == null
                    ? Charge.none()
                    : counted.account().charge(digest, bytes, Long.MAX_VALUE).orElseThrow();
        }
        RepositoryLedger ledger = ledger(repository);
        Optional<Charge> charge = ledger.account().charge(digest, bytes, limit.getAsLong());
        if (charge.isEmpty() && ledger.countAgain()) {
            charge = ledger.account().charge(digest, bytes, limit.getAsLong());
        }
        return charge.orElseThrow(() -> exceeded(repository, ledger, bytes, limit.getAsLong()));
    }

    private static RegistryException exceeded(
            RepositoryName repository, RepositoryLedger ledger, long bytes, long limit) {
        return new RegistryException(
                new QuotaExceeded(repository, ledger.account().heldBytes(), bytes, limit));
    }

    /** Something was taken from the repository. */
    void freed(RepositoryName repository) {
        RepositoryLedger ledger = ledgers.getIfPresent(repository);
        if (ledger != null) {
            ledger.freed();
        }
    }

    /** Something may have been taken from any repository. */
    void freedAnywhere() {
        ledgers.asMap().values().forEach(RepositoryLedger::freed);
    }

    /** That of a repository, counted at some time not too long ago. */
    private RepositoryLedger ledger(RepositoryName repository) throws IOException {
        RepositoryLedger ledger = ledgers.get(repository, name -> new RepositoryLedger(name, content, clock));
        ledger.refresh();
        return ledger;
    }
}
