package io.dvcr.registry.http;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Permission;
import io.dvcr.storage.RepositoryName;
import java.util.List;

/** What a route needs its caller to be allowed. Every route says so, and is checked before its handler runs. */
@FunctionalInterface
public interface Access {

    /** @throws io.dvcr.storage.RegistryException if the request does not even name something well-formed */
    List<Permission> neededBy(Request request);

    /** Nothing. The handler shows each caller only what they may see. */
    static Access open() {
        return _ -> List.of();
    }

    static Access identified() {
        return _ -> List.of(new Permission.Identity());
    }

    static Access catalog() {
        return _ -> List.of(new Permission.Catalog());
    }

    static Access administration() {
        return _ -> List.of(new Permission.Administration());
    }

    /** @param pathParameter the one that names the repository */
    static Access to(Action action, String pathParameter) {
        return request -> List.of(
                new Permission.OnRepository(RepositoryName.parse(request.pathParameter(pathParameter)), action));
    }
}
