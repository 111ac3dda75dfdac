package io.dvcr.virt.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What of a machine's spec has changed since it was started, and takes a restart. */
final class SpecChanges {
    /** What takes none. */
    private static final Set<String> LIVE = Set.of(
            "runPolicy",
            "terminationGracePeriodSeconds",
            "disruptions",
            "nodeSelector",
            "tolerations",
            "affinity",
            "topologySpreadConstraints",
            "priorityClassName");

    private SpecChanges() {}

    /** Each as {@code {operation, path, currentValue, desiredValue}}, as {@code status.restartAwaitingChanges} has it. */
    static List<JsonNode> between(JsonNode applied, JsonNode desired) {
        List<JsonNode> changes = new ArrayList<>();
        for (String field : fields(applied, desired)) {
            if (!LIVE.contains(field)) {
                compare(field, applied.path(field), desired.path(field), changes);
            }
        }
        return List.copyOf(changes);
    }

    private static void compare(String path, JsonNode before, JsonNode after, List<JsonNode> changes) {
        if (before.equals(after)) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            fields(before, after)
                    .forEach(field -> compare(path + "." + field, before.path(field), after.path(field), changes));
            return;
        }
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        change.put("operation", before.isMissingNode() ? "add" : (after.isMissingNode() ? "remove" : "replace"));
        change.put("path", path);
        if (!before.isMissingNode()) {
            change.set("currentValue", before);
        }
        if (!after.isMissingNode()) {
            change.set("desiredValue", after);
        }
        changes.add(change);
    }

    private static Set<String> fields(JsonNode one, JsonNode other) {
        Set<String> fields = new TreeSet<>();
        one.fieldNames().forEachRemaining(fields::add);
        other.fieldNames().forEachRemaining(fields::add);
        return fields;
    }
}
