package io.dvcr.registry.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.ReferrerStore;
import java.io.IOException;
import java.util.Optional;

/** end-12a and end-12b: {@code GET /v2/<name>/referrers/<digest>?artifactType=<type>}. */
final class ReferrersEndpoint {
    private final ReferrerStore referrers;

    ReferrersEndpoint(ReferrerStore referrers) {
        this.referrers = referrers;
    }

    Reply list(Request request) throws IOException {
        Optional<String> artifactType = request.query("artifactType");
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.put("schemaVersion", 2);
        index.put("mediaType", Manifest.OCI_INDEX);
        ArrayNode list = index.putArray("manifests");
        for (JsonNode descriptor : referrers.list(OciRequest.name(request), OciRequest.digest(request))) {
            if (artifactType.isEmpty()
                    || artifactType.get().equals(descriptor.path("artifactType").asText())) {
                list.add(descriptor);
            }
        }
        Reply reply = JsonReply.of(200, Manifest.OCI_INDEX, index);
        return artifactType.isPresent() ? reply.with("OCI-Filters-Applied", "artifactType") : reply;
    }
}
