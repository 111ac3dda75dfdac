package io.dvcr.registry.oci;

import static io.dvcr.registry.http.Method.DELETE;
import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.PATCH;
import static io.dvcr.registry.http.Method.POST;
import static io.dvcr.registry.http.Method.PUT;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dvcr.importers.mirror.Mirrors;
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
    private static final String UPLOAD = NAME + "/blobs/uploads/(?<upload>[^/]+)";
    private static final String BLOB = NAME + "/blobs/(?<digest>[^/]+)";
    private static final String MANIFEST = NAME + "/manifests/(?<reference>[^/]+)";

    private OciRoutes() {}

    /** Of a registry that mirrors none. */
    public static List<Route> over(ContentStore content, OciSettings settings, RegistryEvents events) {
        return over(content, Mirrors.none(), settings, events);
    }

    /**
     * @param mirrors whose repositories are answered for by others
     * @param events told of what is pushed and deleted
     */
    public static List<Route> over(ContentStore content, Mirrors mirrors, OciSettings settings, RegistryEvents events) {
        int pageSize = settings.pageSize();
        BlobEndpoint blobs = new BlobEndpoint(content.blobs());
        UploadEndpoint uploads = new UploadEndpoint(content.uploads(), content.blobs(), settings.maxBlobBytes());
        ManifestEndpoint manifests = new ManifestEndpoint(content, settings.maxManifestBytes(), events);
        TagEndpoint tags = new TagEndpoint(content.tags(), content.catalog(), pageSize);
        ReferrersEndpoint referrers = new ReferrersEndpoint(content.referrers(), pageSize);
        MirrorEndpoint mirrored = new MirrorEndpoint();
        MirrorSwitch which = new MirrorSwitch(mirrors);
        CatalogEndpoint catalog = new CatalogEndpoint(content.catalog(), pageSize);
        return List.of(
                Route.of(
                        GET,
                        "/v2/?",
                        Access.identified(),
                        _ -> JsonReply.of(200, JsonNodeFactory.instance.objectNode())
                                .with("Docker-Distribution-Api-Version", "registry/2.0")), // end-1; for old clients
                Route.of(GET, "/v2/_catalog", Access.catalog(), catalog::list),
                Route.of(
                        POST,
                        NAME + "/blobs/uploads/?",
                        which.to(Action.PUSH),
                        which.between(uploads::begin, mirrored::refusePush)), // end-4a, end-4b, end-11
                Route.of(
                        GET,
                        UPLOAD,
                        which.to(Action.PUSH),
                        which.between(uploads::progress, mirrored::refusePush)), // end-13
                Route.of(
                        PATCH,
                        UPLOAD,
                        which.to(Action.PUSH),
                        which.between(uploads::append, mirrored::refusePush)), // end-5
                Route.of(
                        PUT,
                        UPLOAD,
                        which.to(Action.PUSH),
                        which.between(uploads::finish, mirrored::refusePush)), // end-6
                Route.of(
                        DELETE,
                        UPLOAD,
                        which.to(Action.PUSH),
                        which.between(uploads::cancel, mirrored::refusePush)), // end-14
                Route.of(GET, BLOB, which.to(Action.PULL), which.between(blobs::get, mirrored::blob)), // end-2
                Route.of(
                        DELETE,
                        BLOB,
                        which.to(Action.DELETE),
                        which.between(blobs::delete, mirrored::forgetBlob)), // end-10
                Route.of(
                        GET,
                        MANIFEST,
                        which.to(Action.PULL),
                        which.between(manifests::get, mirrored::manifest)), // end-3
                Route.of(
                        PUT,
                        MANIFEST,
                        which.to(Action.PUSH),
                        which.between(manifests::put, mirrored::refusePush)), // end-7
                Route.of(
                        DELETE,
                        MANIFEST,
                        which.to(Action.DELETE),
                        which.between(manifests::delete, mirrored::forgetManifest)), // end-9
                Route.of(
                        GET,
                        NAME + "/tags/list",
                        which.to(Action.PULL),
                        which.between(tags::list, mirrored::tags)), // end-8a, end-8b
                Route.of(
                        GET,
                        NAME + "/referrers/(?<digest>[^/]+)",
                        which.to(Action.PULL),
                        which.between(referrers::list, mirrored::referrers))); // end-12a, end-12b
    }
}
