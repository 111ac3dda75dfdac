package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.job.ImportJobJson;
import io.dvcr.importers.job.ImportJobs;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.JsonRequest;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import java.io.IOException;

/** {@code /api/v1/imports}. */
final class ImportEndpoint {
    private final ImportJobs jobs;

    ImportEndpoint(ImportJobs jobs) {
        this.jobs = jobs;
    }

    /** {@code POST}: the job is stored, and will be done, once this has answered. */
    Reply submit(Request request) throws IOException {
        ImportJob job = jobs.submit(ImportJobJson.parseRequest(JsonRequest.object(request)));
        return JsonReply.of(202, ImportJobJson.toJson(job)).with("Location", "/api/v1/imports/" + job.id());
    }

    Reply list(Request request) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("imports");
        jobs.list().forEach(job -> list.add(ImportJobJson.toJson(job)));
        return JsonReply.of(200, json);
    }

    Reply get(Request request) throws IOException {
        return JsonReply.of(200, ImportJobJson.toJson(jobs.get(request.pathParameter("import"))));
    }

    /** {@code DELETE}: asks the job to stop; it is Cancelled once it has. */
    Reply cancel(Request request) throws IOException {
        return JsonReply.of(202, ImportJobJson.toJson(jobs.cancel(request.pathParameter("import"))));
    }
}
