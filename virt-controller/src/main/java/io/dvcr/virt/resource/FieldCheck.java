package io.dvcr.virt.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.dvcr.virt.resource.FieldType.Amount;
import io.dvcr.virt.resource.FieldType.Any;
import io.dvcr.virt.resource.FieldType.Choice;
import io.dvcr.virt.resource.FieldType.Flag;
import io.dvcr.virt.resource.FieldType.ListOf;
import io.dvcr.virt.resource.FieldType.MapOf;
import io.dvcr.virt.resource.FieldType.Structure;
import io.dvcr.virt.resource.FieldType.Text;
import io.dvcr.virt.resource.FieldType.Time;
import io.dvcr.virt.resource.FieldType.WholeNumber;
import io.dvcr.virt.resource.Schema.SchemaField;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Holds what was written against a {@link Schema}: fills in defaults, leaves out what no field is for, and says what is
 * wrong, all of it at once. Used by one thread, for one manifest.
 */
final class FieldCheck {
    private final List<String> faults = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    /** What makes the manifest invalid, each beginning with the field's path. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** The paths of fields that there are not. */
    List<String> unknown() {
        return List.copyOf(unknown);
    }

    /** Returns what is right in {@code written}, with defaults. */
    ObjectNode structure(Schema schema, JsonNode written, String path) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (!written.isObject()) {
            faults.add(path + ": " + kind(written) + ", expected an object");
            return result;
        }
        for (SchemaField field : schema.fields()) {
            field(field, written, path, result);
        }
        for (Map.Entry<String, JsonNode> entry : written.properties()) {
            if (schema.field(entry.getKey()).isEmpty()) {
                unknown.add(path + "." + entry.getKey());
            }
        }
        return result;
    }

    private void field(SchemaField field, JsonNode written, String path, ObjectNode result) {
        String fieldPath = path + "." + field.name();
        JsonNode value = written.path(field.name());
        if (!value.isMissingNode() && !value.isNull()) {
            result.set(field.name(), value(field, value, fieldPath));
        } else if (field.defaultValue().isPresent()) {
            result.set(
                    field.name(), ofDefault(field.type(), field.defaultValue().get()));
        } else if (field.required()) {
            faults.add(fieldPath + ": is missing");
        } else if (field.type() instanceof ListOf) {
            result.putArray(field.name());
        } else if (field.type() instanceof MapOf) {
            result.putObject(field.name());
        }
    }

    private JsonNode ofDefault(FieldType type, String text) {
        return switch (type) {
            case WholeNumber _ -> LongNode.valueOf(Long.parseLong(text));
            case Flag _ -> BooleanNode.valueOf(Boolean.parseBoolean(text));
            case Structure(Schema schema) -> structure(schema, JsonNodeFactory.instance.objectNode(), "");
            default -> TextNode.valueOf(text);
        };
    }

    private JsonNode value(SchemaField field, JsonNode value, String path) {
        JsonNode checked = value(field.type(), value, path);
        if (checked.isIntegralNumber()) {
            field.minimum()
                    .filter(least -> checked.asLong() < least)
                    .ifPresent(least -> fault(path, value, "at least " + least));
            field.maximum()
                    .filter(most -> checked.asLong() > most)
                    .ifPresent(most -> fault(path, value, "at most " + most));
        }
        if (checked.isTextual()) {
            field.pattern()
                    .filter(pattern -> !checked.asText().matches(pattern))
                    .ifPresent(pattern -> fault(path, value, "what matches " + pattern));
        }
        return checked;
    }

    private JsonNode value(FieldType type, JsonNode value, String path) {
        return switch (type) {
            case Any _ -> value.isNull() ? fault(path, value, "a value") : value;
            case Structure(Schema schema) -> structure(schema, value, path);
            case ListOf(FieldType items) -> list(items, value, path);
            case MapOf(FieldType values) -> map(values, value, path);
            case Text _ -> value.isTextual() ? value : fault(path, value, "a string");
            case Flag _ -> value.isBoolean() ? value : fault(path, value, "true or false");
            case WholeNumber _ ->
                value.isIntegralNumber() && value.canConvertToLong() ? value : fault(path, value, "a whole number");
            case Choice(List<String> values) ->
                value.isTextual() && values.contains(value.asText())
                        ? value
                        : fault(path, value, "one of " + String.join(", ", values));
            case Amount _ -> amount(value, path);
            case Time _ -> time(value, path);
        };
    }

    private JsonNode list(FieldType items, JsonNode value, String path) {
        if (!value.isArray()) {
            return fault(path, value, "a list");
        }
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < value.size(); i++) {
            result.add(value(items, value.get(i), path + "[" + i + "]"));
        }
        return result;
    }

    private JsonNode map(FieldType values, JsonNode value, String path) {
        if (!value.isObject()) {
            return fault(path, value, "an object");
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        value.properties()
                .forEach(entry ->
                        result.set(entry.getKey(), value(values, entry.getValue(), path + "." + entry.getKey())));
        return result;
    }

    private JsonNode amount(JsonNode value, String path) {
        if (!value.isTextual() && !value.isNumber()) {
            return fault(path, value, "a quantity, such as 10Gi");
        }
        try {
            return TextNode.valueOf(Quantity.parse(value.asText()).text());
        } catch (IllegalArgumentException e) {
            faults.add(path + ": " + e.getMessage());
            return value;
        }
    }

    private JsonNode time(JsonNode value, String path) {
        try {
            return TextNode.valueOf(Instant.parse(value.asText()).toString());
        } catch (DateTimeException _) {
            return fault(path, value, "a time such as 2026-01-31T12:00:00Z");
        }
    }

    private JsonNode fault(String path, JsonNode value, String expected) {
        faults.add(path + ": " + kind(value) + ", expected " + expected);
        return value;
    }

    /** Says what was written, shortly. */
    private static String kind(JsonNode value) {
        if (value.isContainerNode()) {
            return value.isArray() ? "a list" : "an object";
        }
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
