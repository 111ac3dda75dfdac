package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.storage.Digest;
import java.util.List;
import java.util.Optional;

/**
 * Some of the referrers of a subject.
 *
 * @param descriptors as JSON objects
 * @param last the referrer behind which the next page begins; empty if this is the last page
 */
public record ReferrerPage(List<JsonNode> descriptors, Optional<Digest> last) {
    public ReferrerPage {
        descriptors = List.copyOf(descriptors);
    }
}
