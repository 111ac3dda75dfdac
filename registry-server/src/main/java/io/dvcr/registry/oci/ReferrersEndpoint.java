package io.dvcr.registry.oci;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.ReferrerPage;
import io.dvcr.storage.content.ReferrerStore;
import java.io.IOException;
import java.util.Optional;

/** end-12a and end-12b: {@code GET /v2/<name>/referrers/<digest>?artifactType=<type>}. */
final class ReferrersEndpoint {
    private final ReferrerStore referrers;
    private final int pageSize;

    ReferrersEndpoint(ReferrerStore referrers, int pageSize) {
        this.referrers = referrers;
        this.pageSize = pageSize;
    }

    Reply list(Request request) throws IOException {
        Optional<String> artifactType = request.query("artifactType").filter(type -> !type.isEmpty());
        Optional<Digest> after = request.query("last").map(Digest::parse);
        ReferrerPage page =
                referrers.list(OciRequest.name(request), OciRequest.digest(request), artifactType, after, pageSize);
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.put("schemaVersion", 2);
        index.put("mediaType", Manifest.OCI_INDEX);
        index.putArray("manifests").addAll(page.descriptors());
        Reply reply = JsonReply.of(200, Manifest.OCI_INDEX, index);
        if (page.last().isPresent()) {
            reply = reply.with("Link", next(request, artifactType, page.last().get()));
        }
        return artifactType.isPresent() ? reply.with("OCI-Filters-Applied", "artifactType") : reply;
    }

    private static String next(Request request, Optional<String> artifactType, Digest last) {
        String after = "last=" + Page.encoded(last);
        return artifactType.isPresent()
                ? Page.link(request, "artifactType=" + Page.encoded(artifactType.get()), after)
                : Page.link(request, after);
    }
}
