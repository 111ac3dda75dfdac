package io.dvcr.cli.view;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.FieldType;
import io.dvcr.virt.resource.FieldType.Choice;
import io.dvcr.virt.resource.FieldType.ListOf;
import io.dvcr.virt.resource.FieldType.MapOf;
import io.dvcr.virt.resource.FieldType.Structure;
import io.dvcr.virt.resource.Metadata;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Schema;
import io.dvcr.virt.resource.Schema.SchemaField;
import java.util.List;
import java.util.Optional;

/** docs/resources.md: every field of every kind, as the records say. */
final class ResourcesDocument {
    private static final String HEAD = """
            # Resources

            Every field of every kind. This page is made of the records that the fields are read into; `dvcr explain` shows the same. How to use them is in [machines.md](machines.md), the commands in [cli.md](cli.md#resources), the API in [api.md](api.md#resources).

            Manifests written for `virtualization.deckhouse.io/v1alpha2` apply as they are. A field that is not below is not honoured, and named in a warning. `…[]` is a list of what follows; a quantity is as Kubernetes writes it, such as `10Gi`.

            """;

    private final StringBuilder text = new StringBuilder(HEAD);

    private ResourcesDocument() {}

    static String text() {
        ResourcesDocument document = new ResourcesDocument();
        Kinds.ALL.forEach(document::kind);
        document.text.append("## metadata\nOf every kind.\n\n");
        document.table(Schema.of(Metadata.class), "metadata.");
        return document.text.toString().stripTrailing() + "\n";
    }

    private void kind(ResourceType<?, ?> type) {
        text.append("## ")
                .append(type.kind())
                .append('\n')
                .append(type.description())
                .append("\n\n");
        text.append("`apiVersion: ")
                .append(type.apiVersion())
                .append("`, `")
                .append(type.plural())
                .append('`');
        type.shortNames().stream()
                .findFirst()
                .ifPresent(name -> text.append(", `").append(name).append('`'));
        text.append(type.namespaced() ? "; belongs to a namespace.\n\n" : "; of the whole cluster.\n\n");
        table(Schema.of(type.specType()), type.flat() ? "" : "spec.");
        Schema status = Schema.of(type.statusType());
        if (!status.fields().isEmpty()) {
            text.append("What the controller says:\n\n");
            table(status, "status.");
        }
    }

    private void table(Schema schema, String path) {
        text.append("| field | type | if missing | meaning |\n|---|---|---|---|\n");
        rows(schema, path);
        text.append('\n');
    }

    private void rows(Schema schema, String path) {
        for (SchemaField field : schema.fields()) {
            String name = path + field.name();
            text.append("| `").append(name).append("` | ").append(type(field));
            text.append(" | ").append(missing(field));
            text.append(" | ").append(escaped(field.description())).append(" |\n");
            inner(field.type()).ifPresent(fields -> rows(fields, name + suffix(field.type()) + "."));
        }
    }

    private static String suffix(FieldType type) {
        return switch (type) {
            case ListOf _ -> "[]";
            case MapOf _ -> ".*";
            default -> "";
        };
    }

    private static Optional<Schema> inner(FieldType type) {
        return Explanation.structure(type);
    }

    private static String type(SchemaField field) {
        StringBuilder type = new StringBuilder(
                field.type() instanceof Choice(List<String> values)
                        ? String.join(
                                ", ",
                                values.stream().map(value -> "`" + value + "`").toList())
                        : name(field.type()));
        if (field.minimum().isPresent() && field.maximum().isPresent()) {
            type.append(", ")
                    .append(field.minimum().get())
                    .append(" to ")
                    .append(field.maximum().get());
        } else {
            field.minimum().ifPresent(least -> type.append(", at least ").append(least));
            field.maximum().ifPresent(most -> type.append(", at most ").append(most));
        }
        field.pattern()
                .ifPresent(
                        pattern -> type.append(", `").append(escaped(pattern)).append('`'));
        return type.toString();
    }

    private static String name(FieldType type) {
        return switch (type) {
            case Structure _ -> "object";
            case ListOf(FieldType items) -> "list of " + name(items);
            case MapOf(FieldType values) -> "map of " + name(values);
            default -> type.name();
        };
    }

    private static String missing(SchemaField field) {
        if (field.required()) {
            return "**required**";
        }
        return field.defaultValue()
                .filter(value -> !value.equals("{}"))
                .map(value -> "`" + value + "`")
                .orElse("");
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|");
    }
}
