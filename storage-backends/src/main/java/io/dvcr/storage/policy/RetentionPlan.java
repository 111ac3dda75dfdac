package io.dvcr.storage.policy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Tag;
import io.dvcr.storage.policy.Removal.RemovedManifest;
import io.dvcr.storage.policy.Removal.RemovedTag;
import io.dvcr.storage.policy.RepositoryContents.LinkedManifest;
import io.dvcr.storage.policy.RepositoryContents.TaggedManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * From what a repository holds to what its retention rules remove. A tag goes if the rule that it follows does not keep
 * it. With its last tag a manifest goes, and with that its children, its referrers and its companions; an untagged
 * manifest to which nothing leads goes if a rule says so. Nothing goes that something which stays needs: the manifest
 * of a tag, the child of an index, the subject of a referrer, or the referrer of a manifest. Nor does anything that was
 * pushed within {@link #UNFINISHED_PUSH}, or what leads to that.
 */
public final class RetentionPlan {
    /** What was pushed less long ago may be the beginning of a push whose end is to come. */
    static final Duration UNFINISHED_PUSH = Duration.ofHours(1);

    private final RepositoryContents contents;
    private final RepositoryPolicies policies;
    private final Instant now;
    private final ManifestGraph graph;
    private final Map<Digest, List<TaggedManifest>> tagsOf = new HashMap<>();

    /** The tags that may go, with reasons; companions go only with what they belong to. */
    private final Map<Tag, String> expired = new LinkedHashMap<>();

    private RetentionPlan(RepositoryContents contents, RepositoryPolicies policies, Instant now) {
        this.contents = contents;
        this.policies = policies;
        this.now = now;
        this.graph = new ManifestGraph(contents);
        contents.tags()
                .forEach(tag -> tagsOf.computeIfAbsent(tag.manifest(), _ -> new ArrayList<>())
                        .add(tag));
    }

    /** What the rules of {@code policies} remove from a repository with {@code contents}. */
    public static List<Removal> of(RepositoryContents contents, RepositoryPolicies policies, Instant now) {
        return policies.mayRemoveFrom(contents.repository())
                ? new RetentionPlan(contents, policies, now).removals()
                : List.of();
    }

    private List<Removal> removals() {
        Set<Digest> recent = graph.withAllAbove(graph.all().stream()
                .filter(manifest -> manifest.pushed().isAfter(now.minus(UNFINISHED_PUSH)))
                .map(LinkedManifest::digest)
                .toList());
        expireTags(recent);
        List<LinkedManifest> tops = graph.all().stream()
                .filter(manifest -> graph.isTop(manifest.digest()) && mayGo(manifest))
                .sorted(Comparator.comparing(LinkedManifest::pushed))
                .toList();
        Set<Digest> kept = graph.withAllNeeded(staying(tops, recent));
        List<Removal> together = together(tops, kept);
        return Stream.concat(tagsAlone(together), together.stream()).toList();
    }

    private void expireTags(Set<Digest> recent) {
        ExpiredTags rules = new ExpiredTags(contents.repository(), policies, now);
        List<TaggedManifest> ordinary = new ArrayList<>();
        for (TaggedManifest tag : contents.tags()) {
            Optional<Digest> subject = graph.subjectOf(tag.tag());
            if (subject.isEmpty()) {
                ordinary.add(tag);
            } else if (!rules.keepsAlways(tag.tag())) {
                expired.put(tag.tag(), belongsTo(subject.get()));
            }
        }
        expired.putAll(rules.among(ordinary));
        contents.tags().stream()
                .filter(tag -> recent.contains(tag.manifest()))
                .forEach(tag -> expired.remove(tag.tag()));
    }

    /** Whether what leads to nobody else's manifest may go by itself. */
    private boolean mayGo(LinkedManifest top) {
        List<TaggedManifest> tags = tagsOf.getOrDefault(top.digest(), List.of());
        return tags.isEmpty()
                ? untaggedAfter()
                        .filter(age -> !top.pushed().isAfter(now.minus(age)))
                        .isPresent()
                : tags.stream().allMatch(tag -> expired.containsKey(tag.tag()));
    }

    private Optional<Duration> untaggedAfter() {
        return policies.untaggedRetention(contents.repository()).flatMap(RetentionRule::untaggedAfter);
    }

    /** What stays for its own sake: what no top that may go leads to, what a tag that stays names, and what is recent. */
    private Set<Digest> staying(List<LinkedManifest> tops, Set<Digest> recent) {
        Set<Digest> staying = new HashSet<>(recent);
        Set<Digest> falling =
                graph.withAllBelow(tops.stream().map(LinkedManifest::digest).toList());
        graph.all().stream()
                .map(LinkedManifest::digest)
                .filter(digest -> !falling.contains(digest))
                .forEach(staying::add);
        contents.tags().stream()
                .filter(tag -> !expired.containsKey(tag.tag()))
                .forEach(tag -> staying.add(tag.manifest()));
        return staying;
    }

    /** The manifests that go. What belongs to several goes with the last of them. */
    private List<Removal> together(List<LinkedManifest> tops, Set<Digest> kept) {
        Set<Digest> done = new HashSet<>(kept);
        List<Removal> removals = new ArrayList<>();
        for (LinkedManifest top : tops.reversed()) {
            List<Digest> group = graph.withAllBelow(List.of(top.digest())).stream()
                    .filter(done::add)
                    .toList();
            if (!group.isEmpty()) {
                removals.add(removal(group, top));
            }
        }
        return removals.reversed();
    }

    private Removal removal(List<Digest> group, LinkedManifest top) {
        List<RemovedTag> tags = group.stream()
                .flatMap(digest -> tagsOf.getOrDefault(digest, List.of()).stream())
                .map(this::removed)
                .toList();
        List<RemovedManifest> manifests = group.stream()
                .map(digest -> new RemovedManifest(graph.get(digest), reason(digest, top)))
                .toList();
        return new Removal(tags, manifests);
    }

    /** The tags that go while their manifests stay, or are not there. */
    private Stream<Removal> tagsAlone(List<Removal> together) {
        Set<Digest> going = new HashSet<>();
        together.forEach(removal -> removal.manifests()
                .forEach(manifest -> going.add(manifest.entry().digest())));
        return contents.tags().stream()
                .filter(tag -> expired.containsKey(tag.tag()) && !going.contains(tag.manifest()))
                .filter(tag -> graph.subjectOf(tag.tag()).isEmpty())
                .map(tag -> new Removal(List.of(removed(tag)), List.of()));
    }

    private RemovedTag removed(TaggedManifest tag) {
        return new RemovedTag(
                tag, Optional.ofNullable(expired.get(tag.tag())).orElseThrow()); // else its manifest would stay
    }

    private String reason(Digest digest, LinkedManifest top) {
        if (!digest.equals(top.digest())) {
            return belongsTo(top.digest());
        }
        return tagsOf.containsKey(digest)
                ? "its last tag goes"
                : "untagged for over "
                        + untaggedAfter().map(RetentionRule::spoken).orElse("");
    }

    private static String belongsTo(Digest digest) {
        return "belongs to " + digest + ", which goes";
    }
}
