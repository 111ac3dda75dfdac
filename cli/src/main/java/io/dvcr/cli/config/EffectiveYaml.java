package io.dvcr.cli.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes a configuration as YAML: every key with what it is set to and, unless that is the default, by whom. */
final class EffectiveYaml {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/][A-Za-z0-9/._+:-]*(?<!:)");
    private static final Pattern NOTHING = Pattern.compile("null|~|");

    private final StringBuilder yaml = new StringBuilder();

    private EffectiveYaml() {}

    static String of(Section root) {
        EffectiveYaml writer = new EffectiveYaml();
        writer.section(root, "");
        return writer.yaml.toString();
    }

    private void section(Section section, String indent) {
        for (Map.Entry<String, Entry> entry : section.entries().entrySet()) {
            entry(entry.getKey(), entry.getValue(), indent);
        }
    }

    private void entry(String key, Entry entry, String indent) {
        switch (entry) {
            case Setting setting -> setting(key, setting, indent);
            case Section child -> child(key, child, indent);
            case OptionalSection(Section _, Optional<Section> child) ->
                child.ifPresentOrElse(it -> child(key, it, indent), () -> notSet(key, indent));
            case SectionList list -> list(key, list.elements(), indent);
        }
    }

    private void child(String key, Section child, String indent) {
        line(indent, key + ":");
        section(child, indent + "  ");
    }

    private void list(String key, List<Section> elements, String indent) {
        line(indent, elements.isEmpty() ? key + ": []" : key + ":");
        for (Section element : elements) {
            line(indent, "  -");
            section(element, indent + "    ");
        }
    }

    private void setting(String key, Setting setting, String indent) {
        setting.shown()
                .ifPresentOrElse(values -> line(indent, key + ": " + text(setting, values)), () -> notSet(key, indent));
    }

    private static String text(Setting setting, List<String> values) {
        String text = setting.question().list()
                ? values.stream().map(EffectiveYaml::scalar).collect(Collectors.joining(", ", "[", "]"))
                : scalar(values.getFirst());
        return setting.origin().equals(Origin.DEFAULT) ? text : text + "  # " + setting.origin();
    }

    private void notSet(String key, String indent) {
        line(indent, "# " + key + " is not set");
    }

    private void line(String indent, String text) {
        yaml.append(indent).append(text).append('\n');
    }

    private static String scalar(String text) {
        boolean plain = PLAIN.matcher(text).matches() && !NOTHING.matcher(text).matches();
        return plain ? text : quoted(text);
    }

    /** YAML 1.2, 7.3.1: what is not printable is escaped, so that the line stays one. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(unit -> {
            if (unit == '"' || unit == '\\') {
                quoted.append('\\').append((char) unit);
            } else if (Character.isISOControl(unit) || unit == 0x2028 || unit == 0x2029) {
                quoted.append(String.format("\\u%04x", unit));
            } else {
                quoted.append((char) unit);
            }
        });
        return quoted.append('"').toString();
    }
}
