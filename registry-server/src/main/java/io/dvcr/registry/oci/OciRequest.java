package io.dvcr.registry.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.registry.http.Request;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.UploadId;
import java.net.URLDecoder;

/** The values in the path of a request under {@code /v2}, parsed; each throws what a malformed one is answered with. */
final class OciRequest {
    private OciRequest() {}

    static RepositoryName name(Request request) {
        return RepositoryName.parse(request.pathParameter("name"));
    }

    static Digest digest(Request request) {
        return Digest.parse(decoded(request.pathParameter("digest")));
    }

    static Reference reference(Request request) {
        return Reference.parse(decoded(request.pathParameter("reference")));
    }

    /** Some clients write {@code sha256%3A…}, which is the same (RFC 3986, section 2.1). */
    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            return segment; // which is what is wrong with it
        }
    }

    static UploadId uploadId(Request request) {
        return UploadId.parse(request.pathParameter("upload"));
    }
}
