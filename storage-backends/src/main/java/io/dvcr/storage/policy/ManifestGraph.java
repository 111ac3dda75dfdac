package io.dvcr.storage.policy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Tag;
import io.dvcr.storage.policy.RepositoryContents.LinkedManifest;
import io.dvcr.storage.policy.RepositoryContents.TaggedManifest;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which manifests of a repository belong to which: an index has its children below it, a subject its referrers. So does
 * a manifest what a companion tag of it names: {@code sha256-HEX}, the OCI distribution specification's "Referrers Tag
 * Schema", with or without an ending, as cosign's {@code sha256-HEX.sig}.
 */
final class ManifestGraph {
    private static final Pattern COMPANION = Pattern.compile("(sha256|sha512)-([0-9a-f]{64,128})(?:\\..+)?");

    private final Map<Digest, LinkedManifest> manifests = new LinkedHashMap<>();
    private final Map<Digest, Set<Digest>> below = new HashMap<>();
    private final Map<Digest, Set<Digest>> above = new HashMap<>();
    private final Map<Digest, Set<Digest>> subjects = new HashMap<>();

    ManifestGraph(RepositoryContents contents) {
        contents.manifests().forEach(manifest -> manifests.put(manifest.digest(), manifest));
        for (LinkedManifest manifest : contents.manifests()) {
            manifest.children().forEach(child -> link(manifest.digest(), child));
            manifest.subject().ifPresent(subject -> linkReferrer(subject, manifest.digest()));
        }
        for (TaggedManifest tag : contents.tags()) {
            companionOf(tag.tag()).ifPresent(subject -> linkReferrer(subject, tag.manifest()));
        }
    }

    private void linkReferrer(Digest subject, Digest referrer) {
        if (link(subject, referrer)) {
            subjects.computeIfAbsent(referrer, _ -> new LinkedHashSet<>()).add(subject);
        }
    }

    private boolean link(Digest upper, Digest lower) {
        if (!manifests.containsKey(upper) || !manifests.containsKey(lower)) {
            return false; // names what the repository does not have
        }
        below.computeIfAbsent(upper, _ -> new LinkedHashSet<>()).add(lower);
        above.computeIfAbsent(lower, _ -> new LinkedHashSet<>()).add(upper);
        return true;
    }

    LinkedManifest get(Digest digest) {
        LinkedManifest manifest = manifests.get(digest);
        if (manifest == null) {
            throw new IllegalArgumentException("no such manifest: " + digest);
        }
        return manifest;
    }

    Collection<LinkedManifest> all() {
        return manifests.values();
    }

    /** Whether nothing leads to it but tags. */
    boolean isTop(Digest digest) {
        return !above.containsKey(digest);
    }

    /** These and all that belongs to them, at any distance; the order is by distance. */
    Set<Digest> withAllBelow(Collection<Digest> start) {
        return reach(start, from -> below.getOrDefault(from, Set.of()));
    }

    /** These and all that they belong to. */
    Set<Digest> withAllAbove(Collection<Digest> start) {
        return reach(start, from -> above.getOrDefault(from, Set.of()));
    }

    /** These, all that belongs to them, and the subjects of those, for none is whole without the others. */
    Set<Digest> withAllNeeded(Collection<Digest> start) {
        return reach(start, from -> {
            Set<Digest> next = new LinkedHashSet<>(below.getOrDefault(from, Set.of()));
            next.addAll(subjects.getOrDefault(from, Set.of()));
            return next;
        });
    }

    private Set<Digest> reach(Collection<Digest> start, Function<Digest, Set<Digest>> next) {
        Set<Digest> reached = new LinkedHashSet<>();
        Deque<Digest> open = new ArrayDeque<>(start);
        while (!open.isEmpty()) {
            Digest digest = open.poll();
            if (manifests.containsKey(digest) && reached.add(digest)) {
                open.addAll(next.apply(digest));
            }
        }
        return reached;
    }

    /** What the tag is a companion of, if this is one and the repository has that. */
    Optional<Digest> subjectOf(Tag tag) {
        return companionOf(tag).filter(manifests::containsKey);
    }

    private static Optional<Digest> companionOf(Tag tag) {
        Matcher matcher = COMPANION.matcher(tag.value());
        return matcher.matches() ? Digest.tryParse(matcher.group(1) + ":" + matcher.group(2)) : Optional.empty();
    }
}
