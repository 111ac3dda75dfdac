package io.dvcr.cli.config;

import io.dvcr.cli.config.Origin.InFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One reading of a configuration: where values come from, and what was found to be wrong. Not thread-safe.
 *
 * @param file the file that is read, as it is named in faults
 * @param workingDirectory what relative paths are relative to that are not in the file
 * @param faults grows while it is read
 */
record Reading(
        Path file, Path workingDirectory, Variables variables, Map<String, OptionValue> options, List<Fault> faults) {

    static Reading of(Path file, Path workingDirectory, Map<String, String> environment, List<OptionValue> options) {
        return new Reading(
                file,
                workingDirectory,
                Variables.of(environment),
                options.stream().collect(Collectors.toUnmodifiableMap(OptionValue::key, Function.identity())),
                new ArrayList<>());
    }

    /** One that finds nothing set and nothing wrong, and learns which variables there are. */
    Reading ofTemplate() {
        return new Reading(file, workingDirectory, variables.unset(), Map.of(), new ArrayList<>());
    }

    Optional<OptionValue> option(String path) {
        return Optional.ofNullable(options.get(path));
    }

    Origin line(int line) {
        return new InFile(file.toString(), line);
    }

    /** What a relative path that {@code origin} gives is relative to. */
    Path base(Origin origin) {
        Path absolute = workingDirectory.resolve(file);
        return origin instanceof InFile
                ? Optional.ofNullable(absolute.getParent()).orElse(absolute)
                : workingDirectory;
    }
}
