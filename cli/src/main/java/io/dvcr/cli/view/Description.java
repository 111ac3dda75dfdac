package io.dvcr.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.manifest.ManifestWriter;
import io.dvcr.virt.resource.ResourceType;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** All that is known of one resource, for people. Values of Secrets are not shown. */
public final class Description {
    private final PrintWriter out;
    private final Clock clock;

    public Description(PrintWriter out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /** @param events an EventList */
    public void print(ResourceType<?, ?> type, JsonNode resource, JsonNode events) {
        JsonNode metadata = resource.path("metadata");
        line("Name", metadata.path("name").asText());
        if (type.namespaced()) {
            line("Namespace", metadata.path("namespace").asText());
        }
        line("Labels", pairs(metadata.path("labels")));
        line("Annotations", pairs(metadata.path("annotations")));
        line("API Version", type.apiVersion());
        line("Kind", type.kind());
        line("Created", when(metadata.path("creationTimestamp").asText()));
        if (metadata.has("deletionTimestamp")) {
            line("Terminating", when(metadata.path("deletionTimestamp").asText()));
            line("Held by", String.join(", ", texts(metadata.path("finalizers"))));
        }
        if (type.flat()) {
            secret(resource);
        } else {
            section("Spec", resource.path("spec"));
        }
        if (resource.path("status") instanceof ObjectNode status) {
            ObjectNode rest = status.deepCopy();
            rest.remove("conditions");
            section("Status", rest);
            conditions(status.path("conditions"));
        }
        events(events.path("items"));
        out.flush();
    }

    private void line(String title, String value) {
        out.println((title + ":" + " ".repeat(Math.max(1, 13 - title.length())) + value).stripTrailing());
    }

    private String when(String time) {
        return time + " (" + Age.since(time, clock.instant()) + " ago)";
    }

    private static String pairs(JsonNode map) {
        List<String> pairs = new ArrayList<>();
        map.properties()
                .forEach(entry ->
                        pairs.add(entry.getKey() + "=" + entry.getValue().asText()));
        return pairs.isEmpty() ? "<none>" : String.join("\n" + " ".repeat(14), pairs);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private void section(String title, JsonNode content) {
        out.println(title + ":");
        if (!content.isEmpty()) {
            out.print(ManifestWriter.yaml(content).indent(2));
        }
    }

    private void secret(JsonNode secret) {
        line("Type", secret.path("type").asText());
        out.println("Data:");
        secret.path("data")
                .properties()
                .forEach(entry -> out.println("  " + entry.getKey() + ": "
                        + Base64.getDecoder().decode(entry.getValue().asText()).length + " bytes"));
    }

    private void conditions(JsonNode conditions) {
        if (conditions.isEmpty()) {
            return;
        }
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"  Type", "Status", "Reason", "Age", "Message"});
        conditions.forEach(condition -> rows.add(new String[] {
            "  " + condition.path("type").asText(),
            condition.path("status").asText(),
            condition.path("reason").asText(),
            Age.since(condition.path("lastTransitionTime").asText(), clock.instant()),
            oneLine(condition.path("message"))
        }));
        out.println("Conditions:");
        new LiveTable(out).print(rows);
    }

    private void events(JsonNode events) {
        if (events.isEmpty()) {
            line("Events", "<none>");
            return;
        }
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"  Type", "Reason", "Age", "Message"});
        events.forEach(event -> rows.add(new String[] {
            "  " + event.path("type").asText(),
            event.path("reason").asText(),
            eventAge(event),
            oneLine(event.path("message"))
        }));
        out.println("Events:");
        new LiveTable(out).print(rows);
    }

    private String eventAge(JsonNode event) {
        String last = Age.since(event.path("lastTimestamp").asText(), clock.instant());
        int count = event.path("count").asInt(1);
        return count == 1
                ? last
                : last + " (x" + count + " over "
                        + Age.since(event.path("firstTimestamp").asText(), clock.instant()) + ")";
    }

    private static String oneLine(JsonNode text) {
        return text.asText().replaceAll("\\s+", " ");
    }
}
