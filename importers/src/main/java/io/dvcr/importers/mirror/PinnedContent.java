package io.dvcr.importers.mirror;

import io.dvcr.importers.mirror.MirrorRecords.KnownManifest;
import io.dvcr.importers.mirror.MirrorRecords.KnownTag;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.TagPattern;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out what the rules that pin lead to. Not thread-safe. */
final class PinnedContent {
    private final List<MirroredRegistry> registries;
    private final List<PinRule> rules;
    private final MirrorRecords records;
    private final ContentCache content;
    private final Set<CacheKey> pinned = new HashSet<>();

    private PinnedContent(
            List<MirroredRegistry> registries, List<PinRule> rules, MirrorRecords records, ContentCache content) {
        this.registries = registries;
        this.rules = rules;
        this.records = records;
        this.content = content;
    }

    static Set<CacheKey> find(
            List<MirroredRegistry> registries, List<PinRule> rules, MirrorRecords records, ContentCache content)
            throws IOException {
        PinnedContent found = new PinnedContent(registries, rules, records, content);
        if (!rules.isEmpty()) {
            records.forEach(found::look);
        }
        return found.pinned;
    }

    private void look(RepositoryName repository, MirrorRecords.Entry entry) throws IOException {
        Optional<RepositoryName> prefix = registries.stream()
                .filter(registry -> registry.remoteName(repository).isPresent())
                .map(MirroredRegistry::prefix)
                .findFirst();
        if (prefix.isEmpty()) {
            return;
        }
        for (PinRule rule : rules) {
            if (rule.repositories().matches(repository)) {
                look(rule.tags(), prefix.get(), repository, entry);
            }
        }
    }

    private void look(TagPattern tags, RepositoryName prefix, RepositoryName repository, MirrorRecords.Entry entry)
            throws IOException {
        switch (entry) {
            case MirrorRecords.Entry.OfTag(Tag tag) -> {
                Optional<KnownTag> known = tags.matches(tag) ? records.tag(repository, tag) : Optional.empty();
                if (known.isPresent()) {
                    pin(prefix, repository, known.get().manifest());
                }
            }
            case MirrorRecords.Entry.OfContent(Digest digest) -> {
                if (tags.equals(TagPattern.ALL)) {
                    pinned.add(new CacheKey(prefix, digest));
                }
            }
        }
    }

    /** With all that it names, as far as that is known. */
    private void pin(RepositoryName prefix, RepositoryName repository, Digest digest) throws IOException {
        CacheKey key = new CacheKey(prefix, digest);
        Optional<KnownManifest> known = records.manifest(repository, digest);
        if (!pinned.add(key) || known.isEmpty()) {
            return;
        }
        Optional<byte[]> bytes = content.peek(key, known.get().size());
        if (bytes.isEmpty()) {
            return;
        }
        try {
            Manifest manifest = Manifest.parse(known.get().mediaType(), bytes.get());
            for (Descriptor blob : manifest.blobs()) {
                pinned.add(new CacheKey(prefix, blob.digest()));
            }
            for (Descriptor child : manifest.manifests()) {
                pin(prefix, repository, child.digest());
            }
        } catch (RegistryException e) {
            // of another kind, which names nothing that we know
        }
    }
}
