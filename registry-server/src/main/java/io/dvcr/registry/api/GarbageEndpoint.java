package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.GarbageCollector;
import io.dvcr.storage.content.GarbageReport;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;

/** {@code POST /api/v1/gc?dryRun=true&grace=PT1H}: one garbage collection, now. */
final class GarbageEndpoint {
    private final GarbageCollector garbage;

    GarbageEndpoint(GarbageCollector garbage) {
        this.garbage = garbage;
    }

    Reply collect(Request request) throws IOException {
        Duration grace = request.query("grace").map(GarbageEndpoint::parse).orElse(GarbageCollector.DEFAULT_GRACE);
        boolean dryRun = request.query("dryRun").filter("true"::equals).isPresent();
        GarbageReport report = garbage.collect(grace, dryRun);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("dryRun", dryRun);
        json.put("setAside", report.setAside());
        json.put("broughtBack", report.broughtBack());
        json.put("purged", report.purged());
        json.put("freedBytes", report.freedBytes());
        json.put("left", report.left());
        json.put("leftBytes", report.leftBytes());
        json.put("unreadableManifests", report.unreadableManifests());
        return JsonReply.of(200, json);
    }

    private static Duration parse(String text) {
        try {
            Duration grace = Duration.parse(text);
            if (!grace.isNegative()) {
                return grace;
            }
        } catch (DateTimeException e) {
            // falls through: not a duration at all
        }
        throw new RegistryException(
                new RequestInvalid("grace must be an ISO 8601 duration, such as PT1H, not " + text));
    }
}
