package io.dvcr.registry.oci;

import io.dvcr.importers.mirror.Mirror;
import io.dvcr.importers.mirror.Mirrors;
import io.dvcr.registry.access.Action;
import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.Handler;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.NameUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells requests for repositories of mirrored registries from those for our own. Where registries are mirrored,
 * {@code ns} says whose repository a name is, as containerd has it: then only those that are mirrored are there, for what
 * we have ourselves under that name is another's. Access is judged by what the repository is called here.
 */
final class MirrorSwitch {
    private static final String NAME = "name";

    private final Mirrors mirrors;

    MirrorSwitch(Mirrors mirrors) {
        this.mirrors = mirrors;
    }

    /** Answers for a repository of a mirrored registry. */
    @FunctionalInterface
    interface Mirrored {
        Reply handle(Mirror mirror, RepositoryName repository, Request request) throws IOException;
    }

    Access to(Action action) {
        return request -> Access.to(action, NAME).neededBy(named(request));
    }

    Handler between(Handler own, Mirrored mirrored) {
        return request -> {
            Request named = named(request);
            RepositoryName repository = OciRequest.name(named);
            Optional<Mirror> mirror = mirrors.find(repository);
            return mirror.isPresent() ? mirrored.handle(mirror.get(), repository, named) : own.handle(named);
        };
    }

    /** By its name here. */
    private Request named(Request request) {
        Optional<String> host = request.query("ns").filter(_ -> !mirrors.all().isEmpty());
        if (host.isEmpty()) {
            return request;
        }
        RepositoryName name = OciRequest.name(request);
        RepositoryName local =
                mirrors.localName(host.get(), name).orElseThrow(() -> new RegistryException(new NameUnknown(name)));
        Map<String, String> parameters = new HashMap<>(request.pathParameters());
        parameters.put(NAME, local.value());
        return request.withPathParameters(parameters);
    }
}
