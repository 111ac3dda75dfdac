package io.dvcr.registry.api;

import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.POST;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.event.RegistryEvents;
import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.content.ContentStore;
import java.util.List;

/** What repositories hold, and the rules that are applied to them. */
public final class RepositoryRoutes {
    private RepositoryRoutes() {}

    public static List<Route> over(ContentStore content, RegistryEvents events) {
        RepositoryEndpoint repositories = new RepositoryEndpoint(content.catalog(), content.quotas());
        RetentionEndpoint retention = new RetentionEndpoint(content.retention(), events);
        return List.of(
                Route.of(GET, "/api/v1/repositories", Access.open(), repositories::list),
                Route.of(
                        GET,
                        "/api/v1/repositories/(?<repository>.+)",
                        Access.to(Action.PULL, "repository"),
                        repositories::get),
                Route.of(POST, "/api/v1/retention", Access.administration(), retention::run));
    }
}
