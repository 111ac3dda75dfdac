package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JacksonException;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.CheckFinding.Dangling;
import io.dvcr.storage.content.CheckFinding.Missing;
import io.dvcr.storage.content.CheckFinding.NoReferrer;
import io.dvcr.storage.content.CheckFinding.Unsound;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at the manifests and tags of one repository. What does not fit is looked at twice before it is told, since a
 * server may just be changing it. Thread-safe.
 */
final class RepositoryCheck {
    private static final long MAX_ENTRY_BYTES = 4096;

    /** More than any server takes. */
    private static final long MAX_MANIFEST_BYTES = 64L << 20;

    private final ObjectReader store;
    private final RestingBlobs blobs;
    private final ManifestRule rule;
    private final RepositoryName repository;
    private final CheckTally tally;

    RepositoryCheck(
            ObjectReader store, RestingBlobs blobs, ManifestRule rule, RepositoryName repository, CheckTally tally) {
        this.store = store;
        this.blobs = blobs;
        this.rule = rule;
        this.repository = repository;
        this.tally = tally;
    }

    private interface Look {
        Set<CheckFinding> look() throws IOException;
    }

    private void lookTwice(Look look) throws IOException {
        Set<CheckFinding> findings = look.look();
        if (!findings.isEmpty()) {
            findings.retainAll(look.look());
            findings.forEach(tally::found);
        }
    }

    void checkTag(ObjectInfo entry) throws IOException {
        Optional<Tag> tag = tally.parse(entry, key -> new Tag(key.lastComponent()));
        if (tag.isPresent()) {
            tally.tags.incrementAndGet();
            tally.reading(entry.key(), () -> lookTwice(() -> lookAtTag(entry, tag.get())));
        }
    }

    private Set<CheckFinding> lookAtTag(ObjectInfo entry, Tag tag) throws IOException {
        Set<CheckFinding> findings = new LinkedHashSet<>();
        String target;
        try (InputStream in = store.read(entry.key(), ByteRange.all(MAX_ENTRY_BYTES))) {
            target = new String(in.readAllBytes(), US_ASCII);
        }
        Optional<Digest> manifest = Digest.tryParse(target);
        boolean leads = manifest.isPresent()
                && store.head(StoreLayout.manifest(repository, manifest.get())).isPresent();
        if (!leads) {
            findings.add(new Dangling(repository, tag, target));
        }
        return findings;
    }

    void checkManifest(ObjectInfo entry) throws IOException {
        Optional<Digest> digest = tally.parse(entry, StoreLayout::digestOf);
        if (digest.isPresent()) {
            tally.manifests.incrementAndGet();
            tally.name(Set.of(digest.get()));
            tally.reading(entry.key(), () -> lookTwice(() -> lookAtManifest(entry, digest.get())));
        }
    }

    private Set<CheckFinding> lookAtManifest(ObjectInfo entry, Digest digest) throws IOException {
        Set<CheckFinding> findings = new LinkedHashSet<>();
        Optional<String> mediaType = mediaType(entry);
        Optional<byte[]> content = content(digest);
        if (mediaType.isEmpty()) {
            findings.add(new Unsound(repository, digest, "its entry is damaged"));
        } else if (content.isEmpty()) {
            findings.add(new Missing(digest, repository, digest));
        } else if (!digest.isOf(content.get())) {
            findings.add(new Unsound(repository, digest, "its bytes are not those of its digest"));
        } else {
            tally.name(NamedDigests.in(content.get()));
            addFaults(new StoredManifest(digest, mediaType.get(), content.get()), findings);
        }
        return findings;
    }

    /**
     * Empty if it is damaged.
     *
     * @throws NoSuchFileException if there is no such manifest any more
     */
    private Optional<String> mediaType(ObjectInfo entry) throws IOException {
        try (InputStream in = store.read(entry.key(), ByteRange.all(MAX_ENTRY_BYTES))) {
            return Optional.of(ManifestStore.mediaTypeOf(in)).filter(type -> !type.isEmpty());
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private Optional<byte[]> content(Digest manifest) throws IOException {
        try (InputStream in = blobs.open(manifest, ByteRange.all(MAX_MANIFEST_BYTES))) {
            return Optional.of(in.readAllBytes());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private void addFaults(StoredManifest stored, Set<CheckFinding> findings) throws IOException {
        Manifest manifest;
        try {
            manifest = stored.parsed();
        } catch (RegistryException e) {
            findings.add(new Unsound(repository, stored.digest(), e.error().message()));
            return;
        }
        for (Digest lacking : ManifestNeeds.lacking(manifest, this::hasBlob, blobs::has)) {
            findings.add(new Missing(lacking, repository, stored.digest()));
        }
        addReferrerFault(stored.digest(), manifest, findings);
        addRuleFault(stored, findings);
    }

    private boolean hasBlob(Digest blob) throws IOException {
        return blobs.isThere(StoreLayout.blobLink(repository, blob), StoreLayout.blobLinkAside(repository, blob))
                && blobs.has(blob);
    }

    private void addReferrerFault(Digest manifest, Manifest parsed, Set<CheckFinding> findings) throws IOException {
        if (parsed.subject().isPresent()) {
            Digest subject = parsed.subject().get().digest();
            if (store.head(StoreLayout.referrer(repository, subject, manifest)).isEmpty()) {
                findings.add(new NoReferrer(repository, manifest, subject));
            }
        }
    }

    private void addRuleFault(StoredManifest stored, Set<CheckFinding> findings) throws IOException {
        try {
            rule.fault(stored, blob -> blobs.open(blob, ByteRange.all(Long.MAX_VALUE)))
                    .ifPresent(fault -> findings.add(new Unsound(repository, stored.digest(), fault)));
        } catch (NoSuchFileException e) {
            // told already, as missing
        }
    }
}
