package io.dvcr.storage.content;

import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.RetentionReport.Removed;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.policy.Removal;
import io.dvcr.storage.policy.RepositoryPolicies;
import io.dvcr.storage.policy.RetentionPlan;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what the retention rules do not keep, while the registry serves. A repository is looked at without keeping
 * anybody waiting; a removal happens only if nothing was added to the repository since, else it is looked at again.
 * Blobs that were used by what was removed are left to garbage collection. Thread-safe; one run at a
 * time, over all servers that share the store.
 */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final int ATTEMPTS = 3;
    private static final String LEASE = "retention";
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final Catalog catalog;
    private final ContentsReader contents;
    private final ManifestRemovals removals;
    private final Supplier<RepositoryPolicies> policies;
    private final RepositoryChanges changes;
    private final Leases leases;
    private final Clock clock;

    Retention(
            Catalog catalog,
            ContentsReader contents,
            ManifestRemovals removals,
            Supplier<RepositoryPolicies> policies,
            RepositoryChanges changes,
            Leases leases,
            Clock clock) {
        this.catalog = catalog;
        this.contents = contents;
        this.removals = removals;
        this.policies = policies;
        this.changes = changes;
        this.leases = leases;
        this.clock = clock;
    }

    /** Is told of what was removed, once it is gone. */
    @FunctionalInterface
    public interface Listener {
        /** Listens to nothing. */
        Listener NONE = (_, _) -> {};

        /** @throws IOException if it could not do its part; then the repository counts as incomplete */
        void removed(RepositoryName repository, Removal removal) throws IOException;
    }

    /**
     * Applies the rules once.
     *
     * @param repositories to these alone
     * @param listener told of every removal
     * @throws RegistryException with {@link Conflict} if a run that is under way takes very long
     */
    public RetentionReport run(RepositoryPattern repositories, Listener listener) throws IOException {
        return run(repositories, false, listener);
    }

    /** Reports what {@link #run} would remove, and changes nothing. */
    public RetentionReport plan(RepositoryPattern repositories) throws IOException {
        return run(repositories, true, Listener.NONE);
    }

    private RetentionReport run(RepositoryPattern repositories, boolean dryRun, Listener listener) throws IOException {
        try (Lease turn = takeTurn()) {
            Run run = new Run(policies.get(), dryRun, listener);
            for (RepositoryName repository :
                    catalog.list(name -> repositories.matches(name) && run.rules.mayRemoveFrom(name))) {
                turn.requireHeld();
                run.apply(repository);
            }
            return run.report();
        }
    }

    private Lease takeTurn() throws IOException {
        return leases.take(LEASE, LONGEST_WAIT)
                .orElseThrow(() -> new RegistryException(new Conflict("retention is under way; try again later")));
    }

    /** One application of the rules, and what it did so far. */
    private final class Run {
        private final RepositoryPolicies rules;
        private final boolean dryRun;
        private final Listener listener;
        private final List<Removed> removed = new ArrayList<>();
        private final List<RepositoryName> incomplete = new ArrayList<>();
        private long tagCount;
        private long manifestCount;

        Run(RepositoryPolicies rules, boolean dryRun, Listener listener) {
            this.rules = rules;
            this.dryRun = dryRun;
            this.listener = listener;
        }

        /** What is wrong with one repository does not keep the others from being looked after. */
        void apply(RepositoryName repository) {
            try {
                if (!isDone(repository)) {
                    incomplete.add(repository);
                }
            } catch (IOException | RegistryException e) {
                LOG.atWarn().addKeyValue("repository", repository).setCause(e).log("retention failed");
                incomplete.add(repository);
            }
        }

        private boolean isDone(RepositoryName repository) throws IOException {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Additions additions = changes.additions(repository);
                if (isAllRemoved(
                        repository, additions, RetentionPlan.of(contents.read(repository), rules, clock.instant()))) {
                    return true;
                }
            }
            return false;
        }

        private boolean isAllRemoved(RepositoryName repository, Additions additions, List<Removal> plan)
                throws IOException {
            for (Removal removal : plan) {
                if (!dryRun && !isRemoved(repository, additions, removal)) {
                    return false;
                }
                note(repository, removal);
                if (!dryRun) {
                    listener.removed(repository, removal);
                }
            }
            return true;
        }

        private boolean isRemoved(RepositoryName repository, Additions additions, Removal removal) throws IOException {
            return contents.isAsRead(repository, removal) && removals.removeIfUnchanged(repository, removal, additions);
        }

        private void note(RepositoryName repository, Removal removal) {
            tagCount += removal.tags().size();
            manifestCount += removal.manifests().size();
            removal.tags()
                    .forEach(tag -> note(new Removed(
                            repository,
                            Optional.of(tag.entry().tag()),
                            tag.entry().manifest(),
                            tag.reason())));
            removal.manifests()
                    .forEach(manifest -> note(new Removed(
                            repository, Optional.empty(), manifest.entry().digest(), manifest.reason())));
        }

        private void note(Removed one) {
            if (removed.size() < RetentionReport.MAX_LISTED) {
                removed.add(one);
            }
            if (!dryRun) {
                LOG.atInfo()
                        .addKeyValue("repository", one.repository())
                        .addKeyValue("tag", one.tag().map(Tag::value).orElse(""))
                        .addKeyValue("manifest", one.manifest())
                        .addKeyValue("reason", one.reason())
                        .log("removed by retention");
            }
        }

        RetentionReport report() {
            return new RetentionReport(removed, tagCount, manifestCount, incomplete);
        }
    }
}
