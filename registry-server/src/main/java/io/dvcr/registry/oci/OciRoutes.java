package io.dvcr.registry.oci;

import static io.dvcr.registry.http.Method.DELETE;
import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.PATCH;
import static io.dvcr.registry.http.Method.POST;
import static io.dvcr.registry.http.Method.PUT;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dvcr.registry.access.Action;
import io.dvcr.registry.event.RegistryEvents;
import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.content.ContentStore;
import java.util.List;

/** Every endpoint of the OCI distribution specification, section "Endpoints". */
public final class OciRoutes {
    private static final String NAME = "/v2/(?<name>.+)";

    private OciRoutes() {}

    private static Access to(Action action) {
        return Access.to(action, "name");
    }

    /** @param events told of what is pushed and deleted */
    public static List<Route> over(ContentStore content, OciSettings settings, RegistryEvents events) {
        int pageSize = settings.pageSize();
        BlobEndpoint blobs = new BlobEndpoint(content.blobs(), settings.redirected());
        UploadEndpoint uploads = new UploadEndpoint(content.uploads(), content.blobs(), settings.maxBlobBytes());
        ManifestEndpoint manifests = new ManifestEndpoint(content, settings.maxManifestBytes(), events);
        TagEndpoint tags = new TagEndpoint(content.tags(), content.catalog(), pageSize);
        ReferrersEndpoint referrers = new ReferrersEndpoint(content.referrers(), pageSize);
        CatalogEndpoint catalog = new CatalogEndpoint(content.catalog(), pageSize);
        return List.of(
                Route.of(
                        GET,
                        "/v2/?",
                        Access.identified(),
                        _ -> JsonReply.of(200, JsonNodeFactory.instance.objectNode())
                                .with("Docker-Distribution-Api-Version", "registry/2.0")), // end-1; for old clients
                Route.of(GET, "/v2/_catalog", Access.catalog(), catalog::list),
                Route.of(POST, NAME + "/blobs/uploads/?", to(Action.PUSH), uploads::begin), // end-4a, end-4b, end-11
                Route.of(GET, NAME + "/blobs/uploads/(?<upload>[^/]+)", to(Action.PUSH), uploads::progress), // end-13
                Route.of(PATCH, NAME + "/blobs/uploads/(?<upload>[^/]+)", to(Action.PUSH), uploads::append), // end-5
                Route.of(PUT, NAME + "/blobs/uploads/(?<upload>[^/]+)", to(Action.PUSH), uploads::finish), // end-6
                Route.of(DELETE, NAME + "/blobs/uploads/(?<upload>[^/]+)", to(Action.PUSH), uploads::cancel), // end-14
                Route.of(GET, NAME + "/blobs/(?<digest>[^/]+)", to(Action.PULL), blobs::get), // end-2
                Route.of(DELETE, NAME + "/blobs/(?<digest>[^/]+)", to(Action.DELETE), blobs::delete), // end-10
                Route.of(GET, NAME + "/manifests/(?<reference>[^/]+)", to(Action.PULL), manifests::get), // end-3
                Route.of(PUT, NAME + "/manifests/(?<reference>[^/]+)", to(Action.PUSH), manifests::put), // end-7
                Route.of(
                        DELETE, NAME + "/manifests/(?<reference>[^/]+)", to(Action.DELETE), manifests::delete), // end-9
                Route.of(GET, NAME + "/tags/list", to(Action.PULL), tags::list), // end-8a, end-8b
                Route.of(
                        GET,
                        NAME + "/referrers/(?<digest>[^/]+)",
                        to(Action.PULL),
                        referrers::list)); // end-12a, end-12b
    }
}
