package io.dvcr.storage.policy;

import io.dvcr.storage.policy.RepositoryContents.LinkedManifest;
import io.dvcr.storage.policy.RepositoryContents.TaggedManifest;
import java.util.List;

/**
 * What is removed together, so that nothing is left of it which nothing leads to: a tag alone, or a manifest with its
 * tags, its children and its referrers, as far as nothing that stays needs them.
 *
 * @param manifests the one that leads to the others first
 */
public record Removal(List<RemovedTag> tags, List<RemovedManifest> manifests) {

    public Removal {
        tags = List.copyOf(tags);
        manifests = List.copyOf(manifests);
    }

    /** @param reason for people to read */
    public record RemovedTag(TaggedManifest entry, String reason) {}

    /** @param reason for people to read */
    public record RemovedManifest(LinkedManifest entry, String reason) {}
}
