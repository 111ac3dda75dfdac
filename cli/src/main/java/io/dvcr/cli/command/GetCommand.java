package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.ResourceClient;
import io.dvcr.cli.client.ResourceClient.Selection;
import io.dvcr.cli.client.StatusException;
import io.dvcr.cli.command.ResourceArguments.Target;
import io.dvcr.cli.manifest.ManifestWriter;
import io.dvcr.cli.view.LiveTable;
import io.dvcr.cli.view.ResourceRows;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "get", description = "Show resources: machines, disks, images and what belongs to them.")
public final class GetCommand extends ResourceCommand {
    @Parameters(
            paramLabel = "KIND NAME",
            arity = "1..*",
            description = "KIND[,KIND] [NAME...], KIND/NAME..., or all. 'dvcr explain' lists the kinds.")
    private List<String> words = List.of();

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "Those of every namespace.")
    private boolean allNamespaces;

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "LABELS",
            defaultValue = "",
            description = "Those whose labels match, such as app=web,tier in (a,b),!old.")
    private String selector = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "How: ${COMPLETION-CANDIDATES}; table if missing.")
    private Form form = Form.table;

    @Option(
            names = {"-w", "--watch"},
            description = "Go on, and show every change, until interrupted.")
    private boolean watch;

    @Option(names = "--ignore-not-found", description = "Say nothing of what is not there.")
    private boolean ignoreNotFound;

    @Option(names = "--no-headers", description = "Leave out the titles of the columns.")
    private boolean noHeaders;

    private final Map<ResourceType<?, ?>, LiveTable> tables = new HashMap<>();

    /** The value is what people type. */
    enum Form {
        table,
        wide,
        yaml,
        json,
        name
    }

    /** What was found of one kind. */
    private record Found(List<JsonNode> items, String version) {}

    @Override
    void run() throws IOException {
        List<Target> targets = ResourceArguments.parse(words);
        ResourceClient resources = resources();
        if (watch && targets.size() > 1) {
            throw new IOException("you may only specify a single resource type, or one resource, with --watch");
        }
        if (allNamespaces && targets.getFirst().name().isPresent()) {
            throw new IOException("a resource cannot be retrieved by name across all namespaces");
        }
        boolean failed = false;
        Map<ResourceType<?, ?>, Found> found = new LinkedHashMap<>();
        for (Target target : targets) {
            try {
                found.merge(target.type(), find(resources, target), GetCommand::joined);
            } catch (StatusException e) {
                if (!e.isNotFound() || !ignoreNotFound) {
                    err().println(e.getMessage());
                    failed = true;
                }
            }
        }
        show(found, targets);
        if (failed) {
            throw new ToldException();
        }
        if (watch) {
            follow(resources, targets.getFirst(), found);
        }
    }

    private static Found joined(Found some, Found more) {
        List<JsonNode> items = new ArrayList<>(some.items());
        items.addAll(more.items());
        return new Found(items, more.version());
    }

    private Found find(ResourceClient resources, Target target) throws IOException {
        if (target.name().isPresent()) {
            JsonNode one = resources.get(
                    target.type(), key(target.type(), target.name().get()));
            if (watch) { // from the version of a list: that of the resource may be of long ago
                JsonNode list = resources.list(selection(target));
                return new Found(
                        List.of(one),
                        list.path("metadata").path("resourceVersion").asText());
            }
            return new Found(
                    List.of(one), one.path("metadata").path("resourceVersion").asText());
        }
        JsonNode list = resources.list(selection(target));
        List<JsonNode> items = new ArrayList<>();
        list.path("items").forEach(items::add);
        return new Found(items, list.path("metadata").path("resourceVersion").asText());
    }

    private Selection selection(Target target) {
        Optional<String> namespace = allNamespaces ? Optional.empty() : namespace(target.type());
        return new Selection(target.type(), namespace, target.name(), selector);
    }

    private void show(Map<ResourceType<?, ?>, Found> found, List<Target> targets) {
        List<JsonNode> all =
                found.values().stream().flatMap(each -> each.items().stream()).toList();
        boolean single = targets.size() == 1 && targets.getFirst().name().isPresent();
        switch (form) {
            case table, wide -> tables(found, targets, all.isEmpty());
            case name -> found.forEach((type, each) -> each.items().forEach(item -> name(type, item)));
            case yaml, json -> {
                if (!single || !all.isEmpty()) {
                    document(single ? all.getFirst() : list(all));
                }
            }
        }
        out().flush();
    }

    private void tables(Map<ResourceType<?, ?>, Found> found, List<Target> targets, boolean empty) {
        boolean several = found.size() > 1;
        boolean first = true;
        for (Map.Entry<ResourceType<?, ?>, Found> entry : found.entrySet()) {
            List<JsonNode> items = entry.getValue().items();
            if (!items.isEmpty()) {
                if (!first) {
                    out().println();
                }
                first = false;
                table(entry.getKey()).print(rows(rowsOf(entry.getKey(), several), items, !noHeaders));
            }
        }
        if (empty && targets.stream().allMatch(target -> target.name().isEmpty()) && !watch) {
            boolean global = allNamespaces
                    || targets.stream().noneMatch(target -> target.type().namespaced());
            err().println(global ? "No resources found" : "No resources found in " + namespace() + " namespace.");
        }
    }

    /** One for all rows of a kind, whenever they come, so that they are in line. */
    private LiveTable table(ResourceType<?, ?> type) {
        return tables.computeIfAbsent(type, _ -> new LiveTable(out()));
    }

    private ResourceRows rowsOf(ResourceType<?, ?> type, boolean prefixed) {
        return new ResourceRows(
                type, allNamespaces && type.namespaced(), prefixed, form == Form.wide, Clock.systemUTC());
    }

    private static List<String[]> rows(ResourceRows rows, List<JsonNode> items, boolean headers) {
        List<String[]> lines = new ArrayList<>();
        if (headers) {
            lines.add(rows.header());
        }
        items.forEach(item -> lines.add(rows.row(item)));
        return lines;
    }

    private void name(ResourceType<?, ?> type, JsonNode item) {
        out().println(type.singular() + "/" + item.path("metadata").path("name").asText());
    }

    private void document(JsonNode json) {
        out().print(form == Form.json ? json.toPrettyString() + "\n" : ManifestWriter.yaml(json));
    }

    private static ObjectNode list(List<JsonNode> items) {
        ObjectNode list = JsonNodeFactory.instance.objectNode();
        list.put("apiVersion", "v1").put("kind", "List");
        ArrayNode array = list.putArray("items");
        items.forEach(array::add);
        return list;
    }

    private void follow(ResourceClient resources, Target target, Map<ResourceType<?, ?>, Found> found)
            throws IOException {
        ResourceType<?, ?> type = target.type();
        Found known = found.getOrDefault(type, new Found(List.of(), ""));
        LiveTable table = table(type);
        ResourceRows rows = rowsOf(type, false);
        boolean[] titled = {!known.items().isEmpty() || noHeaders};
        String version = known.version();
        while (true) {
            try {
                version = resources.watch(selection(target), version, event -> {
                    show(event.path("object"), type, table, rows, !titled[0]);
                    titled[0] = true;
                    return true;
                });
            } catch (StatusException e) {
                if (!e.isExpired()) {
                    throw e;
                }
                JsonNode list = resources.list(selection(target)); // so much has changed that all is shown again
                version = list.path("metadata").path("resourceVersion").asText();
                list.path("items").forEach(item -> show(item, type, table, rows, false));
            }
        }
    }

    private void show(JsonNode item, ResourceType<?, ?> type, LiveTable table, ResourceRows rows, boolean titles) {
        switch (form) {
            case table, wide -> table.print(rows(rows, List.of(item), titles));
            case name -> name(type, item);
            case yaml -> out().print("---\n" + ManifestWriter.yaml(item));
            case json -> document(item);
        }
        out().flush();
    }
}
