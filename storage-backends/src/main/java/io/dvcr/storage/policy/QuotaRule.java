package io.dvcr.storage.policy;

import io.dvcr.storage.RepositoryPattern;

/**
 * How much each repository of a pattern may hold.
 *
 * @param limitBytes of distinct blobs and manifests; a blob that other repositories hold as well counts in each
 */
public record QuotaRule(RepositoryPattern repositories, long limitBytes) {
    public QuotaRule {
        if (limitBytes < 0) {
            throw new IllegalArgumentException("a quota cannot be negative: " + limitBytes);
        }
    }
}
