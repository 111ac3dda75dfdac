package io.dvcr.importers.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.importers.mirror.MirrorRecords.KnownManifest;
import io.dvcr.importers.mirror.MirrorRecords.KnownReferrers;
import io.dvcr.importers.mirror.MirrorRecords.KnownTag;
import io.dvcr.importers.registry.UpstreamException;
import io.dvcr.importers.registry.UpstreamRegistry;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryError.BlobUnknown;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryError.NameUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The repositories of one mirrored registry. What a digest names is kept for good; what a tag names, and what refers to
 * what, is asked again when it has been believed for long enough, and told as it was when the registry does not answer.
 * What the registry refuses is refused here in the same words. Thread-safe.
 */
public final class Mirror {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

    /** For so long a registry that did not answer is not asked about what is known. */
    private static final Duration LEFT_ALONE = Duration.ofSeconds(10);

    private final MirroredRegistry registry;
    private final UpstreamRegistry upstream;
    private final ContentCache content;
    private final MirrorRecords records;
    private final Clock clock;
    private final MirrorCounts counts = new MirrorCounts();
    private final SingleFlight<Named, MirroredManifest> manifests = new SingleFlight<>();
    private final SingleFlight<Named, Long> sizes = new SingleFlight<>();
    private final SingleFlight<Named, MirroredReferrers> referrers = new SingleFlight<>();
    private volatile Instant leftAloneUntil = Instant.MIN;

    /** Something in a repository. */
    private record Named(RepositoryName repository, Reference reference) {}

    Mirror(
            MirroredRegistry registry,
            UpstreamRegistry upstream,
            ContentCache content,
            MirrorRecords records,
            Clock clock) {
        this.registry = registry;
        this.upstream = upstream;
        this.content = content;
        this.records = records;
        this.clock = clock;
    }

    public MirroredRegistry registry() {
        return registry;
    }

    public MirrorCounts counts() {
        return counts;
    }

    /** @throws RegistryException if there is none, or the registry does not give it */
    public MirroredManifest manifest(RepositoryName repository, Reference reference) throws IOException {
        return switch (reference) {
            case Reference.ByTag(Tag tag) -> tagged(repository, tag);
            case Reference.ByDigest(Digest digest) -> new MirroredManifest(byDigest(repository, digest), false);
        };
    }

    private StoredManifest byDigest(RepositoryName repository, Digest digest) throws IOException {
        Optional<StoredManifest> held = held(repository, digest);
        if (held.isPresent()) {
            counts.hit();
            return held.get();
        }
        Reference reference = new Reference.ByDigest(digest);
        return manifests
                .get(new Named(repository, reference), () -> new MirroredManifest(fetch(repository, reference), false))
                .manifest();
    }

    private MirroredManifest tagged(RepositoryName repository, Tag tag) throws IOException {
        Optional<KnownTag> known = records.tag(repository, tag);
        if (known.isPresent() && isFresh(known.get().asked())) {
            Optional<StoredManifest> held = held(repository, known.get().manifest());
            if (held.isPresent()) {
                counts.hit();
                return new MirroredManifest(held.get(), false);
            }
        }
        return manifests.get(new Named(repository, new Reference.ByTag(tag)), () -> askAgain(repository, tag, known));
    }

    private boolean isFresh(Instant asked) {
        Instant now = clock.instant();
        return !asked.isAfter(now) && asked.plus(registry.tagLifetime()).isAfter(now);
    }

    private MirroredManifest askAgain(RepositoryName repository, Tag tag, Optional<KnownTag> known) throws IOException {
        Optional<StoredManifest> held =
                known.isPresent() ? held(repository, known.get().manifest()) : Optional.empty();
        if (held.isEmpty()) {
            return new MirroredManifest(fetch(repository, new Reference.ByTag(tag)), false);
        }
        try {
            requireNotLeftAlone();
            Reference reference = new Reference.ByTag(tag);
            Optional<Digest> named = upstream.resolve(remote(repository), reference);
            if (named.equals(Optional.of(held.get().digest()))) {
                records.putTag(repository, tag, new KnownTag(named.get(), clock.instant()));
                counts.hit();
                return new MirroredManifest(held.get(), false);
            }
            StoredManifest other = upstream.manifest(remote(repository), reference);
            return new MirroredManifest(keep(repository, reference, other), false);
        } catch (UpstreamException e) {
            if (!e.isPassing()) {
                throw refused(repository, new Reference.ByTag(tag), e);
            }
            tellStale(repository + ":" + tag, e);
            return new MirroredManifest(held.get(), true);
        }
    }

    private void requireNotLeftAlone() throws UpstreamException {
        if (clock.instant().isBefore(leftAloneUntil)) {
            throw UpstreamException.leftAlone(registry.host());
        }
    }

    private void tellStale(String what, UpstreamException cause) {
        counts.stale();
        if (!clock.instant().isBefore(leftAloneUntil)) {
            LOG.atWarn()
                    .addKeyValue("registry", registry.host())
                    .addKeyValue("what", what)
                    .addKeyValue("cause", cause.getMessage())
                    .log("a mirrored registry cannot be asked: what is known of it is served");
            leftAloneUntil = clock.instant().plus(cause.retryAfter().orElse(LEFT_ALONE));
        }
    }

    private Optional<StoredManifest> held(RepositoryName repository, Digest digest) throws IOException {
        Optional<KnownManifest> known = records.manifest(repository, digest);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        return content.read(key(digest), known.get().size())
                .map(bytes -> new StoredManifest(digest, known.get().mediaType(), bytes));
    }

    private StoredManifest fetch(RepositoryName repository, Reference reference) throws IOException {
        try {
            return keep(repository, reference, upstream.manifest(remote(repository), reference));
        } catch (UpstreamException e) {
            throw refused(repository, reference, e);
        }
    }

    /** The manifest before the tag, so a tag that is known leads to one unless that was removed. */
    private StoredManifest keep(RepositoryName repository, Reference reference, StoredManifest manifest)
            throws IOException {
        counts.miss();
        counts.fetched(manifest.content().length);
        content.put(key(manifest.digest()), manifest.content());
        records.putManifest(
                repository, new KnownManifest(manifest.digest(), manifest.mediaType(), manifest.content().length));
        if (reference instanceof Reference.ByTag(Tag tag)) {
            records.putTag(repository, tag, new KnownTag(manifest.digest(), clock.instant()));
        }
        return manifest;
    }

    /**
     * Begins to use a blob; nothing of it is fetched yet.
     *
     * @throws RegistryException if the repository has none of that digest, or the registry does not tell
     */
    public MirroredBlob blob(RepositoryName repository, Digest digest) throws IOException {
        Optional<Long> known = records.blobSize(repository, digest);
        long size = known.isPresent()
                ? known.get()
                : sizes.get(new Named(repository, new Reference.ByDigest(digest)), () -> askSize(repository, digest));
        RepositoryName remote = remote(repository);
        return new MirroredBlob(
                content.use(key(digest), size),
                (offset, length) -> new CountedStream(upstream.open(remote, digest, offset, length), this::fetched));
    }

    private void fetched(long bytes) {
        counts.fetched(bytes);
        content.added(bytes);
    }

    private long askSize(RepositoryName repository, Digest digest) throws IOException {
        try {
            long size = upstream.blobSize(remote(repository), digest);
            records.putBlob(repository, digest, size);
            return size;
        } catch (UpstreamException e) {
            throw refused(e, new BlobUnknown(digest));
        }
    }

    /**
     * As {@link MirroredBlob#await}, and counts whether it was there.
     *
     * @throws RegistryException if the registry does not give it
     */
    public void await(MirroredBlob blob, ByteRange range) throws IOException {
        if (blob.holds(range)) {
            counts.hit();
            return;
        }
        counts.miss();
        try {
            blob.await(range);
        } catch (UpstreamException e) {
            throw refused(e, new BlobUnknown(blob.digest()));
        }
    }

    /** @param query as the specification has it: {@code n} and {@code last} */
    public MirroredTags tags(RepositoryName repository, String query) throws IOException {
        try {
            UpstreamRegistry.Page page = upstream.tags(remote(repository), query);
            return new MirroredTags(
                    page.entries().stream().map(JsonNode::asText).toList(), page.last(), false);
        } catch (UpstreamException e) {
            List<String> known =
                    records.tags(repository).stream().map(Tag::value).toList();
            if (!e.isPassing() || known.isEmpty()) {
                throw refused(e, new NameUnknown(repository));
            }
            tellStale("tags of " + repository, e);
            return new MirroredTags(known, Optional.empty(), true);
        }
    }

    public MirroredReferrers referrers(RepositoryName repository, Digest subject) throws IOException {
        Optional<KnownReferrers> known = records.referrers(repository, subject);
        if (known.isPresent() && isFresh(known.get().asked())) {
            counts.hit();
            return new MirroredReferrers(known.get().descriptors(), false);
        }
        return referrers.get(
                new Named(repository, new Reference.ByDigest(subject)), () -> askAgain(repository, subject, known));
    }

    private MirroredReferrers askAgain(RepositoryName repository, Digest subject, Optional<KnownReferrers> known)
            throws IOException {
        try {
            if (known.isPresent()) {
                requireNotLeftAlone();
            }
            List<JsonNode> descriptors = upstream.referrers(remote(repository), subject);
            records.putReferrers(repository, subject, new KnownReferrers(descriptors, clock.instant()));
            counts.miss();
            return new MirroredReferrers(descriptors, false);
        } catch (UpstreamException e) {
            if (!e.isPassing() || known.isEmpty()) {
                throw refused(e, new NameUnknown(repository));
            }
            tellStale("referrers of " + subject, e);
            return new MirroredReferrers(known.get().descriptors(), true);
        }
    }

    /** Forgets what is known here; the registry keeps it. Returns whether anything was. */
    public boolean forget(RepositoryName repository, Reference reference) throws IOException {
        return switch (reference) {
            case Reference.ByTag(Tag tag) -> records.deleteTag(repository, tag);
            case Reference.ByDigest(Digest digest) -> {
                boolean known = records.deleteManifest(repository, digest);
                known |= records.deleteBlob(repository, digest);
                if (known) {
                    content.remove(key(digest));
                }
                yield known;
            }
        };
    }

    private CacheKey key(Digest digest) {
        return new CacheKey(registry.prefix(), digest);
    }

    private RepositoryName remote(RepositoryName repository) {
        return registry.remoteName(repository)
                .orElseThrow(() -> new IllegalArgumentException(repository + " is not of " + registry.prefix()));
    }

    private RegistryException refused(RepositoryName repository, Reference reference, UpstreamException cause)
            throws IOException {
        if (cause.status().equals(Optional.of(404)) && reference instanceof Reference.ByTag(Tag tag)) {
            records.deleteTag(repository, tag); // it is gone there: not to be served when nobody can be asked
        }
        return refused(cause, new ManifestUnknown(repository, reference));
    }

    private RegistryException refused(UpstreamException cause, RegistryError notFound) {
        return new RegistryException(Refusals.of(cause, registry.host(), notFound));
    }
}
