package io.dvcr.cli.resource;

import static io.dvcr.registry.http.Method.DELETE;
import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.PATCH;
import static io.dvcr.registry.http.Method.POST;
import static io.dvcr.registry.http.Method.PUT;

import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.Handler;
import io.dvcr.registry.http.Method;
import io.dvcr.registry.http.Route;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.store.ResourceFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every route to the resources of this host. Whoever may administrate the registry may use them all. */
public final class ResourceRoutes {
    private static final String NAMESPACE = "(?<namespace>[^/]+)";
    private static final String NAME = "/(?<name>[^/]+)";

    private final List<Route> routes = new ArrayList<>();

    private ResourceRoutes() {}

    /** @param types the kinds that there are */
    public static List<Route> over(ResourceFiles resources, List<ResourceType<?, ?>> types) {
        ResourceRoutes routes = new ResourceRoutes();
        routes.add(new Discovery(types));
        ResourceWatch watch = new ResourceWatch(resources);
        types.forEach(type -> routes.add(type, resources, watch));
        return List.copyOf(routes.routes);
    }

    private void add(Discovery discovery) {
        add(GET, "/api", discovery::coreVersions);
        add(GET, "/apis", discovery::groups);
        add(GET, "/api/(?<version>v[^/]+)", discovery::kinds);
        add(GET, "/apis/(?<group>[^/]+)", discovery::group);
        add(GET, "/apis/(?<group>[^/]+)/(?<version>[^/]+)", discovery::kinds);
    }

    private <S extends Record, T extends Record> void add(
            ResourceType<S, T> type, ResourceFiles resources, ResourceWatch watch) {
        ResourceQueries<S, T> queries = new ResourceQueries<>(type, resources, watch);
        ResourceChanges<S, T> changes = new ResourceChanges<>(type, resources);
        String collection = ApiPath.collection(type, type.namespaced() ? Optional.of(NAMESPACE) : Optional.empty());
        if (type.namespaced()) {
            add(GET, ApiPath.collection(type, Optional.empty()), queries::list);
        }
        add(GET, collection, queries::list);
        add(POST, collection, changes::create);
        add(GET, collection + NAME, queries::get);
        add(PUT, collection + NAME, changes::replace);
        add(PATCH, collection + NAME, changes::patch);
        add(DELETE, collection + NAME, changes::delete);
        add(GET, collection + NAME + "/status", queries::get);
        add(GET, collection + NAME + "/events", queries::events);
    }

    private void add(Method method, String path, Handler handler) {
        routes.add(Route.of(method, path, Access.administration(), handler));
    }
}
