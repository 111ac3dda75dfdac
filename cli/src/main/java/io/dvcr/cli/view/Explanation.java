package io.dvcr.cli.view;

import io.dvcr.virt.resource.FieldType;
import io.dvcr.virt.resource.FieldType.Choice;
import io.dvcr.virt.resource.FieldType.ListOf;
import io.dvcr.virt.resource.FieldType.MapOf;
import io.dvcr.virt.resource.FieldType.Structure;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Schema;
import io.dvcr.virt.resource.Schema.SchemaField;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What fields mean, as kubectl's explain puts it. */
public final class Explanation {
    private final StringBuilder text = new StringBuilder();
    private final boolean recursive;

    private Explanation(boolean recursive) {
        this.recursive = recursive;
    }

    /**
     * @param steps the names of fields, from the resource on
     * @param recursive whether the fields of fields are shown as well
     * @throws IOException if there is no such field
     */
    public static String of(ResourceType<?, ?> type, List<String> steps, boolean recursive) throws IOException {
        Explanation explanation = new Explanation(recursive);
        explanation.line("KIND:       " + type.kind());
        explanation.line("VERSION:    " + type.apiVersion());
        explanation.line("");
        Schema schema = Schema.of(type);
        String description = type.description();
        String path = type.kind();
        for (int i = 0; i < steps.size(); i++) {
            String step = steps.get(i);
            String within = path;
            SchemaField field = schema.field(step)
                    .orElseThrow(() -> new IOException("field \"" + step + "\" does not exist in " + within));
            schema = structure(field.type()).orElse(new Schema(List.of()));
            description = field.description();
            path = path + "." + step;
            if (i == steps.size() - 1) {
                explanation.line("FIELD: " + step + " <" + field.type().name() + ">" + facts(field));
                explanation.line("");
            }
        }
        explanation.describe(description, schema);
        return explanation.text.toString();
    }

    private void describe(String description, Schema schema) {
        line("DESCRIPTION:");
        line("    " + (description.isEmpty() ? "<empty>" : description));
        if (!schema.fields().isEmpty()) {
            line("");
            line("FIELDS:");
            fields(schema, "  ");
        }
    }

    private void fields(Schema schema, String indent) {
        for (SchemaField field : schema.fields()) {
            line(indent + field.name() + "\t<" + field.type().name() + ">" + facts(field));
            if (!recursive) {
                if (!field.description().isEmpty()) {
                    line(indent + "  " + field.description());
                }
                line("");
            } else {
                structure(field.type()).ifPresent(inner -> fields(inner, indent + "  "));
            }
        }
    }

    /** What there is to know besides the meaning. */
    private static String facts(SchemaField field) {
        StringBuilder facts = new StringBuilder();
        if (field.required()) {
            facts.append(" -required-");
        }
        choices(field.type()).ifPresent(values -> facts.append("\n    enum: ").append(String.join(", ", values)));
        field.defaultValue().ifPresent(value -> facts.append("\n    default: ").append(value));
        field.minimum().ifPresent(least -> facts.append("\n    minimum: ").append(least));
        field.maximum().ifPresent(most -> facts.append("\n    maximum: ").append(most));
        field.pattern().ifPresent(pattern -> facts.append("\n    pattern: ").append(pattern));
        return facts.toString();
    }

    private static Optional<List<String>> choices(FieldType type) {
        return type instanceof Choice(List<String> values) ? Optional.of(values) : Optional.empty();
    }

    /** The fields of what a field holds, or holds some of. */
    static Optional<Schema> structure(FieldType type) {
        return switch (type) {
            case Structure(Schema schema) -> Optional.of(schema);
            case ListOf(FieldType items) -> structure(items);
            case MapOf(FieldType values) -> structure(values);
            default -> Optional.empty();
        };
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
