package io.dvcr.virt.store;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.Metadata;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a store gives to metadata, and what others may change of it. */
final class StoredMetadata {
    private StoredMetadata() {}

    static Metadata ofNew(Metadata given, long version, Clock clock) {
        return new Metadata(
                given.name(),
                given.namespace(),
                Optional.of(UUID.randomUUID().toString()),
                Optional.of(Long.toString(version)),
                1,
                Optional.of(now(clock)),
                Optional.empty(),
                given.labels(),
                given.annotations(),
                given.finalizers(),
                given.ownerReferences());
    }

    /** @throws RegistryException with {@link RequestInvalid} if somebody takes hold of what is being deleted */
    static Metadata changed(Metadata before, Metadata given, boolean specChanges) {
        Set<String> added = new HashSet<>(given.finalizers());
        before.finalizers().forEach(added::remove);
        if (before.isTerminating() && !added.isEmpty()) {
            throw new RegistryException(new RequestInvalid(
                    "metadata.finalizers: " + added + " cannot be added: " + before.key() + " is being deleted"));
        }
        return new Metadata(
                before.name(),
                before.namespace(),
                before.uid(),
                before.resourceVersion(),
                before.generation() + (specChanges ? 1 : 0),
                before.creationTimestamp(),
                before.deletionTimestamp(),
                given.labels(),
                given.annotations(),
                given.finalizers(),
                given.ownerReferences());
    }

    static Metadata withVersion(Metadata metadata, long version) {
        return with(metadata, Optional.of(Long.toString(version)), metadata.deletionTimestamp());
    }

    static Metadata terminating(Metadata metadata, Clock clock) {
        return with(metadata, metadata.resourceVersion(), Optional.of(now(clock)));
    }

    private static Metadata with(Metadata metadata, Optional<String> version, Optional<Instant> deleted) {
        return new Metadata(
                metadata.name(),
                metadata.namespace(),
                metadata.uid(),
                version,
                metadata.generation(),
                metadata.creationTimestamp(),
                deleted,
                metadata.labels(),
                metadata.annotations(),
                metadata.finalizers(),
                metadata.ownerReferences());
    }

    /** As exact as Kubernetes tells it. */
    private static Instant now(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
