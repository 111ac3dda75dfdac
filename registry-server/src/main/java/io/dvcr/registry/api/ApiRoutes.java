package io.dvcr.registry.api;

import static io.dvcr.registry.http.Method.DELETE;
import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.POST;

import io.dvcr.importers.image.ConvertedImages;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.job.ImportJobs;
import io.dvcr.importers.job.PushedConversions;
import io.dvcr.registry.access.Action;
import io.dvcr.registry.event.RegistryEvents;
import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.content.GarbageCollector;
import java.util.List;

/** Every endpoint under {@code /api}. */
public final class ApiRoutes {
    private static final String IMAGE = "/api/v1/images/(?<repository>.+)/(?<reference>[^/]+)";

    private ApiRoutes() {}

    private static Access to(Action action) {
        return Access.to(action, "repository");
    }

    /** @param events told of what is deleted */
    public static List<Route> over(
            ImageStore images,
            ConvertedImages converted,
            ImportJobs jobs,
            PushedConversions conversions,
            GarbageCollector garbage,
            RegistryEvents events) {
        ImportEndpoint imports = new ImportEndpoint(jobs);
        ImportEventsEndpoint importEvents = new ImportEventsEndpoint(jobs);
        ImageEndpoint image = new ImageEndpoint(images, conversions, events);
        DiskEndpoint disk = new DiskEndpoint(images, converted);
        return List.of(
                Route.of(POST, "/api/v1/imports", Access.open(), imports::submit),
                Route.of(GET, "/api/v1/imports", Access.open(), imports::list),
                Route.of(GET, "/api/v1/imports/events", Access.open(), importEvents::all),
                Route.of(GET, "/api/v1/imports/(?<import>[^/]+)/events", Access.open(), importEvents::one),
                Route.of(GET, "/api/v1/imports/(?<import>[^/]+)", Access.open(), imports::get),
                Route.of(DELETE, "/api/v1/imports/(?<import>[^/]+)", Access.open(), imports::cancel),
                Route.of(GET, "/api/v1/images", Access.open(), image::list),
                Route.of(GET, IMAGE + "/disk", to(Action.PULL), disk::get),
                Route.of(GET, IMAGE, to(Action.PULL), image::get),
                Route.of(DELETE, IMAGE, to(Action.DELETE), image::delete),
                Route.of(POST, "/api/v1/gc", Access.administration(), new GarbageEndpoint(garbage)::collect));
    }
}
