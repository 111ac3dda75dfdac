package io.dvcr.cli.config;

import io.dvcr.cli.config.YamlValue.Mapping;
import io.dvcr.cli.config.YamlValue.Pair;
import java.util.Optional;

/** Finds keys of the file that nobody asked for: most are misspelt, and would be missed silently. */
final class UnknownKeys {
    private final Section root;
    private final Reading reading;

    private UnknownKeys(Section root, Reading reading) {
        this.root = root;
        this.reading = reading;
    }

    /** Adds a fault for each to {@code reading}, once all of {@code root} has been read. */
    static void report(Section root, Reading reading) {
        new UnknownKeys(root, reading).report(root);
    }

    private void report(Section section) {
        for (Pair pair : section.mapping().map(Mapping::pairs).orElseGet(java.util.List::of)) {
            if (!section.entries().containsKey(pair.key())) {
                String message = "is not a key"
                        + suggestion(section, pair.key())
                                .map(meant -> "; did you mean " + meant + "?")
                                .orElse("");
                reading.faults().add(new Fault(reading.line(pair.line()), section.pathOf(pair.key()), message));
            }
        }
        for (Entry entry : section.entries().values()) {
            switch (entry) {
                case Section child -> report(child);
                case OptionalSection child -> child.section().ifPresent(this::report);
                case SectionList list -> list.elements().forEach(this::report);
                case Setting _ -> {}
            }
        }
    }

    /** A key of the section that is spelt nearly so, or the same key in another section. */
    private Optional<String> suggestion(Section section, String key) {
        return Spelling.nearest(key, section.entries().keySet())
                .map(section::pathOf)
                .or(() -> Settings.documented(root).stream()
                        .map(Setting::path)
                        .filter(path -> path.endsWith("." + key))
                        .findFirst());
    }
}
