package io.dvcr.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.virt.resource.Column;
import io.dvcr.virt.resource.Column.Form;
import io.dvcr.virt.resource.ResourceType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Resources of one kind as the rows of a table.
 *
 * @param namespaces whether the namespace is shown
 * @param prefixed whether names say of which kind they are
 * @param wide whether all columns are shown
 */
public record ResourceRows(ResourceType<?, ?> type, boolean namespaces, boolean prefixed, boolean wide, Clock clock) {

    public String[] header() {
        List<String> cells = new ArrayList<>();
        if (namespaces) {
            cells.add("NAMESPACE");
        }
        cells.add("NAME");
        columns().forEach(column -> cells.add(column.title().toUpperCase(Locale.ROOT)));
        cells.add("AGE");
        return cells.toArray(String[]::new);
    }

    public String[] row(JsonNode resource) {
        JsonNode metadata = resource.path("metadata");
        List<String> cells = new ArrayList<>();
        if (namespaces) {
            cells.add(metadata.path("namespace").asText());
        }
        String name = metadata.path("name").asText();
        cells.add(prefixed ? type.singular() + "/" + name : name);
        columns().forEach(column -> cells.add(cell(column, resource)));
        cells.add(Age.since(metadata.path("creationTimestamp").asText(), clock.instant()));
        return cells.toArray(String[]::new);
    }

    private List<Column> columns() {
        return type.columns().stream().filter(column -> wide || !column.wide()).toList();
    }

    private String cell(Column column, JsonNode resource) {
        String text = FieldPath.parse(column.path()).text(resource);
        return column.form() == Form.AGE && !text.isEmpty() ? Age.since(text, clock.instant()) : text;
    }
}
