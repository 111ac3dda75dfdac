package io.dvcr.registry.api;

import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.POST;

import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.Scrub;
import io.dvcr.storage.content.ScrubJson;
import java.io.IOException;
import java.util.List;

/** {@code /api/v1/scrub}: whether what is stored is still what was pushed. */
public final class ScrubEndpoint {
    private static final String PATH = "/api/v1/scrub";

    private final Scrub scrub;

    private ScrubEndpoint(Scrub scrub) {
        this.scrub = scrub;
    }

    public static List<Route> routes(Scrub scrub) {
        ScrubEndpoint endpoint = new ScrubEndpoint(scrub);
        return List.of(
                Route.of(GET, PATH, Access.administration(), endpoint::report),
                Route.of(POST, PATH, Access.administration(), endpoint::begin));
    }

    /** {@code GET}: how far the scrub that is under way is, or how the last one ended. */
    private Reply report(Request request) {
        return scrub.report()
                .map(report -> JsonReply.of(200, ScrubJson.toJson(report)))
                .orElseThrow(() -> new RegistryException(new NotFound("a report of a scrub")));
    }

    /** {@code POST}: begins one, unless one is under way. */
    private Reply begin(Request request) throws IOException {
        return JsonReply.of(202, ScrubJson.toJson(scrub.begin()));
    }
}
