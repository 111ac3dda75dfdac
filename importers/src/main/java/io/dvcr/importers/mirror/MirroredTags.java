package io.dvcr.importers.mirror;

import java.util.List;
import java.util.Optional;

/**
 * A page of a mirrored repository's tags.
 *
 * @param last what the next page comes behind, if there is one; encoded as in a URL
 * @param stale whether these are only those that are known here, because the registry cannot be asked
 */
public record MirroredTags(List<String> tags, Optional<String> last, boolean stale) {
    public MirroredTags {
        tags = List.copyOf(tags);
    }
}
