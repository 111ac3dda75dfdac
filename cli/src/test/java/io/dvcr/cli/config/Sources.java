package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What tests read configurations from. */
final class Sources {
    static final ServerUser ROOT = new ServerUser("root", Path.of("/root"), "", "");
    static final Path FILE = Path.of("/etc/dvcr/dvcr.yaml");

    private Sources() {}

    static ConfigurationSource of(Map<String, String> environment, OptionValue... options) {
        return new ConfigurationSource(FILE, true, environment, List.of(options), ROOT, Path.of("/work"));
    }

    static LoadedConfiguration read(String yaml) throws ConfigurationException {
        return of(Map.of()).read(yaml);
    }

    static List<String> faults(ConfigurationSource source, String yaml) {
        return catchThrowableOfType(ConfigurationException.class, () -> source.read(yaml))
                .faults();
    }

    static List<String> faults(String yaml) {
        return faults(of(Map.of()), yaml);
    }

    /** What {@code reader} makes of {@code yaml}; the faults, if there are any, are in {@code reading}. */
    static <T> T ask(Reading reading, String yaml, Function<Section, T> reader) {
        Section root = new Section(
                reading,
                "",
                reading.line(0),
                Optional.of(YamlDocument.parse(reading.file().toString(), yaml, reading.faults())));
        T made = reader.apply(root);
        UnknownKeys.report(root, reading);
        reading.faults().addAll(reading.variables().unknown());
        return made;
    }
}
