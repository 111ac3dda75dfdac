package io.dvcr.cli.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which configuration a command reads. */
public final class ConfigurationOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration, else $$DVCR_CONFIG, /etc/dvcr/dvcr.yaml for root or"
                    + " ~/.config/dvcr/dvcr.yaml for others.")
    private Optional<Path> file = Optional.empty();

    /** @param options what else the command line sets */
    public ConfigurationSource source(List<OptionValue> options) {
        return ConfigurationSource.ofProcess(file, options);
    }
}
