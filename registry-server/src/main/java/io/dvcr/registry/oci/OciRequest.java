package io.dvcr.registry.oci;

import io.dvcr.registry.http.Request;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.UploadId;

/** The values in the path of a request under {@code /v2}, parsed; each throws what a malformed one is answered with. */
final class OciRequest {
    private OciRequest() {}

    static RepositoryName name(Request request) {
        return RepositoryName.parse(request.pathParameter("name"));
    }

    static Digest digest(Request request) {
        return Digest.parse(request.pathParameter("digest"));
    }

    static Reference reference(Request request) {
        return Reference.parse(request.pathParameter("reference"));
    }

    static UploadId uploadId(Request request) {
        return UploadId.parse(request.pathParameter("upload"));
    }
}
