package io.dvcr.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Where a value is in a resource: {@code .status.phase}, {@code .spec.blockDevices[0].type}, of each
 * {@code .status.attachedToVirtualMachines[*].name}, or a condition's status, {@code .status.conditions[Ready]}.
 */
public final class FieldPath {
    private static final Pattern STEP = Pattern.compile("\\.([A-Za-z0-9_-]+)|\\[([A-Za-z0-9]+|\\*)]");

    private final List<String> steps;

    private FieldPath(List<String> steps) {
        this.steps = List.copyOf(steps);
    }

    /** @throws IllegalArgumentException if {@code text} is no such path */
    public static FieldPath parse(String text) {
        List<String> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(text);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            steps.add(matcher.group());
            end = matcher.end();
        }
        if (end != text.length() || steps.isEmpty()) {
            throw new IllegalArgumentException("\"" + text + "\" is no path of a field, such as .status.phase");
        }
        return new FieldPath(steps);
    }

    /** The values that are there, joined by commas; empty if none is. */
    public String text(JsonNode resource) {
        List<JsonNode> found = List.of(resource);
        for (String step : steps) {
            found = found.stream().flatMap(node -> next(node, step).stream()).toList();
        }
        return String.join(
                ",",
                found.stream()
                        .filter(node -> !node.isMissingNode() && !node.isNull())
                        .map(node -> node.isContainerNode() ? node.toString() : node.asText())
                        .toList());
    }

    private static List<JsonNode> next(JsonNode node, String step) {
        String name = step.startsWith(".") ? step.substring(1) : step.substring(1, step.length() - 1);
        if (step.startsWith(".")) {
            return List.of(node.path(name));
        }
        if (name.equals("*")) {
            return StreamSupport.stream(node.spliterator(), false).toList();
        }
        if (name.chars().allMatch(Character::isDigit)) {
            return List.of(node.path(name.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(name)));
        }
        return StreamSupport.stream(node.spliterator(), false)
                .filter(item -> item.path("type").asText().equals(name))
                .map(item -> item.path("status"))
                .toList();
    }
}
