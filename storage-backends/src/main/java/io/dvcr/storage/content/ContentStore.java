package io.dvcr.storage.content;

import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.lease.LocalLeases;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * All that a registry keeps, over one object store. Stateless but for caches: several over the same object store serve
 * the same registry if they have {@link io.dvcr.storage.lease.SharedLeases}.
 */
public record ContentStore(
        BlobStore blobs,
        BlobHolds holds,
        ManifestStore manifests,
        ManifestRemovals removals,
        TagStore tags,
        ReferrerStore referrers,
        UploadStore uploads,
        Catalog catalog,
        DerivationStore derivations,
        GarbageCollector garbage,
        RepositoryQuotas quotas,
        Retention retention) {

    /** Over {@code store}, for repositories without rules. */
    public static ContentStore over(ObjectStore store, Clock clock) {
        return over(store, () -> RepositoryPolicies.DEFAULTS, clock);
    }

    /**
     * Over {@code store}, to which nobody else writes.
     *
     * @param policies the rules of the moment, which may change at any
     */
    public static ContentStore over(ObjectStore store, Supplier<RepositoryPolicies> policies, Clock clock) {
        return over(store, policies, LocalLeases.over(store), clock);
    }

    /**
     * @param store if the leases are shared, one that remembers nothing
     * @param policies the rules of the moment, which may change at any
     * @param leases say who else writes to the store
     */
    public static ContentStore over(
            ObjectStore store, Supplier<RepositoryPolicies> policies, Leases leases, Clock clock) {
        RepositoryChanges changes = new RepositoryChanges(
                leases.areShared() ? new SharedRepositoryGates(store, leases) : RepositoryGates.OPEN);
        Holds holds = new Holds(store, leases);
        RepositoryQuotas quotas = new RepositoryQuotas(store, policies, clock);
        TagStore tags = new TagStore(store, policies, changes);
        ImmutableContent immutable = new ImmutableContent(store, tags, policies);
        Catalog catalog = new Catalog(store);
        BlobStore blobs = new BlobStore(store, new BlobSources(store, catalog), quotas, immutable, holds);
        ReferrerStore referrers = new ReferrerStore(store);
        DerivationStore derivations = new DerivationStore(store);
        ManifestStore manifests = new ManifestStore(store, blobs, tags, referrers, catalog, changes, holds);
        ManifestRemovals removals = new ManifestRemovals(
                store, manifests, tags, referrers, derivations, catalog, quotas, immutable, changes);
        ManifestNeeds needs = new ManifestNeeds(store, blobs, manifests);
        UploadStore uploads = new UploadStore(store, blobs, quotas, clock, Takeover.among(leases), leases);
        GarbageCollector garbage = new GarbageCollector(store, needs, removals, uploads, quotas, leases, clock);
        Retention retention = new Retention(
                catalog, new ContentsReader(store, tags, manifests), removals, policies, changes, leases, clock);
        return new ContentStore(
                blobs,
                new BlobHolds(store),
                manifests,
                removals,
                tags,
                referrers,
                uploads,
                catalog,
                derivations,
                garbage,
                quotas,
                retention);
    }
}
