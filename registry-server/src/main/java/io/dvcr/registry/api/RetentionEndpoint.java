package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.event.RegistryEvents;
import io.dvcr.registry.event.RetentionEvents;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.content.Retention;
import io.dvcr.storage.content.RetentionReport;
import java.io.IOException;

/** {@code POST /api/v1/retention?dryRun=true&repository=<pattern>}: the retention rules applied once, now. */
final class RetentionEndpoint {
    private final Retention retention;
    private final RegistryEvents events;

    RetentionEndpoint(Retention retention, RegistryEvents events) {
        this.retention = retention;
        this.events = events;
    }

    Reply run(Request request) throws IOException {
        boolean dryRun = isDryRun(request.query("dryRun").orElse("false"));
        RepositoryPattern repositories =
                request.query("repository").map(RepositoryPattern::parse).orElse(RepositoryPattern.ALL);
        RetentionReport report = dryRun
                ? retention.plan(repositories)
                : retention.run(
                        repositories,
                        new RetentionEvents(events, request.caller().name()));
        return JsonReply.of(200, toJson(report).put("dryRun", dryRun));
    }

    /** What is misspelt must not be taken for a no: then things would go. */
    private static boolean isDryRun(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new RegistryException(new RequestInvalid("dryRun must be true or false, not \"" + text + "\""));
        };
    }

    private static ObjectNode toJson(RetentionReport report) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("tags", report.tags());
        json.put("manifests", report.manifests());
        ArrayNode removed = json.putArray("removed");
        report.removed().forEach(one -> removed.add(toJson(one)));
        ArrayNode incomplete = json.putArray("incomplete");
        report.incomplete().forEach(repository -> incomplete.add(repository.value()));
        return json;
    }

    private static ObjectNode toJson(RetentionReport.Removed one) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("repository", one.repository().value());
        one.tag().ifPresent(tag -> json.put("tag", tag.value()));
        json.put("digest", one.manifest().toString());
        json.put("reason", one.reason());
        return json;
    }
}
