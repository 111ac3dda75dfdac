package io.dvcr.registry.api;

import static io.dvcr.registry.http.Method.DELETE;
import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.OPTIONS;
import static io.dvcr.registry.http.Method.PATCH;
import static io.dvcr.registry.http.Method.POST;
import static io.dvcr.registry.http.Method.PUT;

import io.dvcr.importers.job.ImportJobs;
import io.dvcr.importers.upload.ImageUploads;
import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.ErrorReply;
import io.dvcr.registry.http.Handler;
import io.dvcr.registry.http.Method;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.Route;
import io.dvcr.registry.http.ServerUrl;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code /api/v1/uploads}, in two tongues that share all uploads: plain HTTP for {@code curl -T}, and tus 1.0.0. To begin
 * an upload takes the right to push; to go on with one, nothing but its URL.
 */
public final class ImageUploadRoutes {
    private static final String ALL = "/api/v1/uploads/?";
    private static final String ONE = "/api/v1/uploads/(?<token>[^/]+)";

    private ImageUploadRoutes() {}

    /** @param settings those of the moment, which may change at any */
    public static List<Route> over(
            ImageUploads uploads, ImportJobs jobs, Supplier<ImageUploadSettings> settings, ServerUrl url) {
        ImageUploadEndpoint plain = new ImageUploadEndpoint(uploads, new ImportOutcome(jobs), settings, url);
        TusEndpoint tus = new TusEndpoint(uploads, settings);
        CrossOrigin some = new CrossOrigin(origin -> settings.get().allows(origin));
        CrossOrigin every = new CrossOrigin(_ -> true);
        return List.of(
                route(POST, ALL, some, request -> Tus.isSpokenIn(request) ? tus.begin(request) : plain.begin(request)),
                Route.of(OPTIONS, ALL, Access.open(), request -> some.withRules(request, tus.options())),
                route(GET, ONE, every, request -> request.isHead() ? tus.progress(request) : plain.get(request)),
                route(PUT, ONE, every, plain::put),
                route(PATCH, ONE, every, tus::append),
                route(POST, ONE, every, tus::overridden),
                route(DELETE, ONE, every, tus::remove),
                Route.of(OPTIONS, ONE, Access.open(), request -> every.withRules(request, tus.options())));
    }

    private static Route route(Method method, String path, CrossOrigin origins, Handler handler) {
        return Route.of(method, path, Access.open(), request -> origins.with(request, answer(request, handler)));
    }

    /** A script sees an error only if its reply has the headers of all others, and so must tus clients. */
    private static Reply answer(Request request, Handler handler) throws IOException {
        try {
            return Tus.reply(handler.handle(request));
        } catch (RegistryException e) {
            return Tus.reply(ErrorReply.of(e.error(), request.path()));
        }
    }
}
