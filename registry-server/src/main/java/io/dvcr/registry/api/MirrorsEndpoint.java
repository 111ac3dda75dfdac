package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.mirror.KeptOfMirror;
import io.dvcr.importers.mirror.Mirror;
import io.dvcr.importers.mirror.Mirrors;
import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Method;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code GET /api/v1/mirrors}: which registries are mirrored, how much of them is kept and how they are used. */
public final class MirrorsEndpoint {
    private static final KeptOfMirror NOTHING = new KeptOfMirror(0, 0);

    private final Mirrors mirrors;

    private MirrorsEndpoint(Mirrors mirrors) {
        this.mirrors = mirrors;
    }

    public static List<Route> routes(Mirrors mirrors) {
        MirrorsEndpoint endpoint = new MirrorsEndpoint(mirrors);
        return List.of(Route.of(Method.GET, "/api/v1/mirrors", Access.administration(), endpoint::list));
    }

    private Reply list(Request request) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        mirrors.kept()
                .ifPresent(kept -> json.put("bytes", kept.bytes())
                        .put("maxBytes", kept.maxBytes())
                        .put("removed", kept.removed())
                        .put("removedBytes", kept.removedBytes()));
        Map<RepositoryName, KeptOfMirror> kept = mirrors.keptByPrefix();
        ArrayNode list = json.putArray("mirrors");
        for (Mirror mirror : mirrors.all()) {
            RepositoryName prefix = mirror.registry().prefix();
            list.add(toJson(mirror, kept.getOrDefault(prefix, NOTHING)));
        }
        return JsonReply.of(200, json);
    }

    private static ObjectNode toJson(Mirror mirror, KeptOfMirror kept) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("prefix", mirror.registry().prefix().value())
                .put("registry", mirror.registry().host())
                .put("blobs", kept.blobs())
                .put("bytes", kept.bytes())
                .put("hits", mirror.counts().hits())
                .put("misses", mirror.counts().misses())
                .put("stale", mirror.counts().staleAnswers())
                .put("fetchedBytes", mirror.counts().fetchedBytes());
    }
}
