package io.dvcr.storage.policy;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All rules that operators made for repositories.
 *
 * @param quotas a repository has the quota of the first rule that is for it
 * @param immutableTags a tag is immutable if any rule says so
 * @param retention a tag follows the first rule that is about it
 */
public record RepositoryPolicies(
        List<QuotaRule> quotas, List<ImmutabilityRule> immutableTags, List<RetentionRule> retention) {

    /** No rules: no limit, every tag may move, and everything is kept. */
    public static final RepositoryPolicies DEFAULTS = new RepositoryPolicies(List.of(), List.of(), List.of());

    public RepositoryPolicies {
        quotas = List.copyOf(quotas);
        immutableTags = List.copyOf(immutableTags);
        retention = List.copyOf(retention);
    }

    /** How many bytes the repository may hold; empty if there is no limit. */
    public OptionalLong quotaBytes(RepositoryName repository) {
        return quotas.stream()
                .filter(rule -> rule.repositories().matches(repository))
                .mapToLong(QuotaRule::limitBytes)
                .findFirst();
    }

    public boolean isImmutable(RepositoryName repository, Tag tag) {
        return immutableTags.stream().anyMatch(rule -> rule.covers(repository, tag));
    }

    /** Whether the repository may have immutable tags at all. */
    public boolean mayHaveImmutableTags(RepositoryName repository) {
        return immutableTags.stream().anyMatch(rule -> rule.repositories().matches(repository));
    }

    /** Whether anything of the repository may be removed by a retention rule. */
    public boolean mayRemoveFrom(RepositoryName repository) {
        return retention.stream().anyMatch(rule -> rule.repositories().matches(repository));
    }

    Optional<RetentionRule> retention(RepositoryName repository, Tag tag) {
        return retention.stream().filter(rule -> rule.covers(repository, tag)).findFirst();
    }

    /** The first rule for the repository that removes untagged manifests. */
    Optional<RetentionRule> untaggedRetention(RepositoryName repository) {
        return retention.stream()
                .filter(rule -> rule.repositories().matches(repository)
                        && rule.untaggedAfter().isPresent())
                .findFirst();
    }
}
