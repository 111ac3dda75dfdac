package io.dvcr.registry.oci;

import static io.dvcr.registry.http.Method.DELETE;
import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.PATCH;
import static io.dvcr.registry.http.Method.POST;
import static io.dvcr.registry.http.Method.PUT;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.content.ContentStore;
import java.util.List;

/** Every endpoint of the OCI distribution specification, section "Endpoints". */
public final class OciRoutes {
    /** The largest manifest, as clients and other registries have it. */
    static final int MAX_MANIFEST_BYTES = 4 << 20;

    private static final String NAME = "/v2/(?<name>.+)";

    private OciRoutes() {}

    public static List<Route> over(ContentStore content) {
        BlobEndpoint blobs = new BlobEndpoint(content.blobs());
        UploadEndpoint uploads = new UploadEndpoint(content.uploads(), content.blobs());
        ManifestEndpoint manifests = new ManifestEndpoint(content.manifests(), content.tags());
        TagEndpoint tags = new TagEndpoint(content.tags(), content.catalog());
        ReferrersEndpoint referrers = new ReferrersEndpoint(content.referrers());
        CatalogEndpoint catalog = new CatalogEndpoint(content.catalog());
        return List.of(
                Route.of(GET, "/v2/?", _ -> JsonReply.of(200, JsonNodeFactory.instance.objectNode())), // end-1
                Route.of(GET, "/v2/_catalog", catalog::list),
                Route.of(POST, NAME + "/blobs/uploads/?", uploads::begin), // end-4a, end-4b, end-11
                Route.of(GET, NAME + "/blobs/uploads/(?<upload>[^/]+)", uploads::progress), // end-13
                Route.of(PATCH, NAME + "/blobs/uploads/(?<upload>[^/]+)", uploads::append), // end-5
                Route.of(PUT, NAME + "/blobs/uploads/(?<upload>[^/]+)", uploads::finish), // end-6
                Route.of(DELETE, NAME + "/blobs/uploads/(?<upload>[^/]+)", uploads::cancel), // end-14
                Route.of(GET, NAME + "/blobs/(?<digest>[^/]+)", blobs::get), // end-2
                Route.of(DELETE, NAME + "/blobs/(?<digest>[^/]+)", blobs::delete), // end-10
                Route.of(GET, NAME + "/manifests/(?<reference>[^/]+)", manifests::get), // end-3
                Route.of(PUT, NAME + "/manifests/(?<reference>[^/]+)", manifests::put), // end-7
                Route.of(DELETE, NAME + "/manifests/(?<reference>[^/]+)", manifests::delete), // end-9
                Route.of(GET, NAME + "/tags/list", tags::list), // end-8a, end-8b
                Route.of(GET, NAME + "/referrers/(?<digest>[^/]+)", referrers::list)); // end-12a, end-12b
    }
}
