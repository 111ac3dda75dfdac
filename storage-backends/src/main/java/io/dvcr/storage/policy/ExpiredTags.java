package io.dvcr.storage.policy;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.policy.RepositoryContents.TaggedManifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which tags of a repository the rules do not keep, seen by themselves. */
final class ExpiredTags {
    private static final Comparator<TaggedManifest> NEWEST_FIRST = Comparator.comparing(TaggedManifest::pushed)
            .thenComparing(TaggedManifest::tag)
            .reversed();

    private final RepositoryName repository;
    private final RepositoryPolicies policies;
    private final Instant now;

    ExpiredTags(RepositoryName repository, RepositoryPolicies policies, Instant now) {
        this.repository = repository;
        this.policies = policies;
        this.now = now;
    }

    /** Whether the tag is kept whatever others there are and however old it is. */
    boolean keepsAlways(Tag tag) {
        Optional<RetentionRule> rule = policies.retention(repository, tag);
        return rule.isEmpty() || rule.get().keepsAlways(tag) || policies.isImmutable(repository, tag);
    }

    /** Those of {@code tags} that are not kept, each with the reason. */
    Map<Tag, String> among(List<TaggedManifest> tags) {
        Map<RetentionRule, List<TaggedManifest>> byRule = new HashMap<>();
        for (TaggedManifest tag : tags) {
            if (!keepsAlways(tag.tag())) {
                RetentionRule rule = policies.retention(repository, tag.tag()).orElseThrow();
                byRule.computeIfAbsent(rule, _ -> new ArrayList<>()).add(tag);
            }
        }
        Map<Tag, String> expired = new LinkedHashMap<>();
        byRule.forEach((rule, followers) -> addExpired(rule, followers, expired));
        return expired;
    }

    private void addExpired(RetentionRule rule, List<TaggedManifest> followers, Map<Tag, String> expired) {
        followers.sort(NEWEST_FIRST);
        String reason = reason(rule);
        followers.stream()
                .skip(rule.keepNewest().orElse(0))
                .filter(tag -> !isYoung(rule, tag))
                .forEach(tag -> expired.put(tag.tag(), reason));
    }

    private boolean isYoung(RetentionRule rule, TaggedManifest tag) {
        return rule.keepYounger().isPresent()
                && tag.pushed().isAfter(now.minus(rule.keepYounger().get()));
    }

    private static String reason(RetentionRule rule) {
        List<String> reasons = new ArrayList<>();
        rule.keepNewest().ifPresent(count -> reasons.add("not among the newest " + count));
        rule.keepYounger().ifPresent(age -> reasons.add("pushed over " + RetentionRule.spoken(age) + " ago"));
        return String.join(", ", reasons);
    }
}
