package io.dvcr.storage.policy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The tags and manifests of a repository as they were seen at one time. */
public record RepositoryContents(RepositoryName repository, List<TaggedManifest> tags, List<LinkedManifest> manifests) {

    public RepositoryContents {
        tags = List.copyOf(tags);
        manifests = List.copyOf(manifests);
    }

    /**
     * A tag and what it names.
     *
     * @param pushed when it was last given to this manifest, anew or again
     */
    public record TaggedManifest(Tag tag, Digest manifest, Instant pushed) {}

    /**
     * A manifest and which others it leads to.
     *
     * @param mediaType as it was pushed
     * @param pushed when it was last pushed
     * @param children those that an index names
     */
    public record LinkedManifest(
            Digest digest, String mediaType, Instant pushed, Set<Digest> children, Optional<Digest> subject) {
        public LinkedManifest {
            children = Set.copyOf(children);
        }
    }
}
