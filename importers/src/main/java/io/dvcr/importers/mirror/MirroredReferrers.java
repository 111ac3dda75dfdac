package io.dvcr.importers.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The descriptors of what refers to something in a mirrored repository.
 *
 * @param stale whether the registry could not be asked if these are all
 */
public record MirroredReferrers(List<JsonNode> descriptors, boolean stale) {
    public MirroredReferrers {
        descriptors = List.copyOf(descriptors);
    }
}
