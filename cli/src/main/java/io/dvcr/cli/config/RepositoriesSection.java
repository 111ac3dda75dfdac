package io.dvcr.cli.config;

import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.TagPattern;
import io.dvcr.storage.policy.ImmutabilityRule;
import io.dvcr.storage.policy.QuotaRule;
import io.dvcr.storage.policy.RepositoryPolicies;
import io.dvcr.storage.policy.RetentionRule;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** The section {@code repositories}: rules, each for the repositories of a pattern. */
final class RepositoriesSection {
    private static final ValueType<RepositoryPattern> REPOSITORIES =
            new ValueType<>("repository pattern", RepositoryPattern::of, RepositoryPattern::toString, false);
    private static final ValueType<TagPattern> TAGS =
            new ValueType<>("tag pattern", TagPattern::new, TagPattern::toString, false);
    private static final ValueType<Integer> COUNT = ValueType.number(1, 1_000_000);
    private static final ValueType<Duration> AGE = ValueType.duration(Duration.ofHours(1), Duration.ofDays(3650));
    private static final long LARGEST_QUOTA = 1L << 50;

    private RepositoriesSection() {}

    static RepositoryPolicies read(Section section) {
        return new RepositoryPolicies(
                section.sections("quotas", RepositoriesSection::quota),
                section.sections("immutableTags", RepositoriesSection::immutability),
                section.sections("retention", RepositoriesSection::retention));
    }

    private static QuotaRule quota(Section rule) {
        return new QuotaRule(
                repositories(rule), rule.required("limit", ValueType.size(0, LARGEST_QUOTA), LARGEST_QUOTA));
    }

    private static ImmutabilityRule immutability(Section rule) {
        return new ImmutabilityRule(repositories(rule), rule.value("tags", TAGS, TagPattern.ALL));
    }

    private static RetentionRule retention(Section rule) {
        return new RetentionRule(
                repositories(rule),
                rule.value("tags", TAGS, TagPattern.ALL),
                rule.optional("keepNewest", COUNT).map(OptionalInt::of).orElseGet(OptionalInt::empty),
                rule.optional("keepYounger", AGE),
                rule.values("keepTags", TAGS, List.of()),
                rule.optional("untaggedAfter", AGE));
    }

    private static RepositoryPattern repositories(Section rule) {
        return rule.required("repositories", REPOSITORIES, RepositoryPattern.ALL);
    }
}
