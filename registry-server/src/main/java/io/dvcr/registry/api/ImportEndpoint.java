package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.job.ImportJobJson;
import io.dvcr.importers.job.ImportJobs;
import io.dvcr.importers.job.ImportRequest;
import io.dvcr.importers.source.UploadSource;
import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.JsonRequest;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** {@code /api/v1/imports}. */
final class ImportEndpoint {
    private final ImportJobs jobs;

    ImportEndpoint(ImportJobs jobs) {
        this.jobs = jobs;
    }

    /** {@code POST}: the job is stored, and will be done, once this has answered. */
    Reply submit(Request request) throws IOException {
        ImportRequest wanted = ImportJobJson.parseRequest(JsonRequest.object(request));
        if (wanted.source() instanceof UploadSource) { // it is its uploader's, who has not asked for this
            throw new RegistryException(new RequestInvalid("an upload becomes an import by itself: /api/v1/uploads"));
        }
        request.caller().require(needed(wanted));
        ImportJob job = jobs.submit(wanted, request.caller().name());
        return JsonReply.of(202, ImportJobJson.toJson(job)).with("Location", "/api/v1/imports/" + job.id());
    }

    /** The newest first: all, or with {@code n} so many, from the one behind {@code last} on. */
    Reply list(Request request) throws IOException {
        int limit = request.count("n", Integer.MAX_VALUE, Integer.MAX_VALUE);
        List<ImportJob> found = jobs.list().stream()
                .filter(job -> isVisible(request, job))
                .dropWhile(isNotBehind(request.query("last")))
                .toList();
        List<ImportJob> page = found.subList(0, Math.min(limit, found.size()));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("imports");
        page.forEach(job -> list.add(ImportJobJson.toJson(job)));
        Reply reply = JsonReply.of(200, json);
        return page.isEmpty() || page.size() == found.size()
                ? reply
                : reply.with(
                        "Link",
                        "</api/v1/imports?n=" + limit + "&last="
                                + page.getLast().id() + ">; rel=\"next\"");
    }

    /** What does not come behind {@code last} in the list; if that is not known any more, neither is what was there. */
    private Predicate<ImportJob> isNotBehind(Optional<String> last) throws IOException {
        if (last.isEmpty()) {
            return _ -> false;
        }
        ImportJob shown = jobs.get(last.get());
        return job -> ImportJobs.NEWEST_FIRST.compare(job, shown) <= 0;
    }

    Reply get(Request request) throws IOException {
        return JsonReply.of(200, ImportJobJson.toJson(find(jobs, request)));
    }

    /** A job is its callers' who may import to its target; others cannot tell it from one that does not exist. */
    static ImportJob find(ImportJobs jobs, Request request) throws IOException {
        ImportJob job = jobs.get(request.pathParameter("import"));
        if (!isVisible(request, job)) {
            throw new RegistryException(new NotFound("import " + job.id()));
        }
        return job;
    }

    static boolean isVisible(Request request, ImportJob job) {
        return request.caller().may(toImport(job.request()));
    }

    /** A base is read: whoever may not pull it must not learn from an import what is in it. */
    private static List<Permission> needed(ImportRequest wanted) {
        List<Permission> needed = new ArrayList<>(List.of(toImport(wanted)));
        wanted.base().ifPresent(base -> needed.add(new Permission.OnRepository(base.repository(), Action.PULL)));
        return needed;
    }

    private static Permission toImport(ImportRequest wanted) {
        return new Permission.OnRepository(wanted.repository(), Action.IMPORT);
    }

    /** {@code DELETE}: stops the job; answers with how it ended. */
    Reply cancel(Request request) throws IOException {
        return JsonReply.of(
                202, ImportJobJson.toJson(jobs.cancel(find(jobs, request).id())));
    }
}
