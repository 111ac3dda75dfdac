package io.dvcr.cli.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The settings of a whole configuration, in order. */
final class Settings {
    private Settings() {}

    /** Every key that there can be, those of what need not be there and of what there can be many among them. */
    static List<Setting> documented(Section root) {
        return stream(root, true).toList();
    }

    /** Every key that there is. */
    static List<Setting> effective(Section root) {
        return stream(root, false).toList();
    }

    /** The keys that are not the same in both. */
    static Set<String> changed(Section before, Section after) {
        Map<String, List<String>> left = values(before);
        Map<String, List<String>> right = values(after);
        Set<String> keys = new TreeSet<>(left.keySet());
        keys.addAll(right.keySet());
        keys.removeIf(key -> Optional.ofNullable(left.get(key)).equals(Optional.ofNullable(right.get(key))));
        return keys;
    }

    private static Map<String, List<String>> values(Section root) {
        Map<String, List<String>> values = new TreeMap<>();
        effective(root).forEach(setting -> setting.values().ifPresent(value -> values.put(setting.path(), value)));
        return values;
    }

    private static Stream<Setting> stream(Section section, boolean documented) {
        return section.entries().values().stream().flatMap(entry -> switch (entry) {
            case Setting setting -> Stream.of(setting);
            case Section child -> stream(child, documented);
            case OptionalSection(Section template, var present) ->
                documented ? stream(template, true) : present.stream().flatMap(child -> stream(child, false));
            case SectionList(Section template, List<Section> elements) ->
                documented ? stream(template, true) : elements.stream().flatMap(child -> stream(child, false));
        });
    }
}
