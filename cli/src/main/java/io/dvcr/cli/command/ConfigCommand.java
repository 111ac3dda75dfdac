package io.dvcr.cli.command;

import io.dvcr.cli.config.ConfigurationException;
import io.dvcr.cli.config.ConfigurationOption;
import io.dvcr.cli.config.LoadedConfiguration;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "config",
        description = "Look at the configuration that a server would have.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ConfigCommand.Check.class, ConfigCommand.Show.class})
public final class ConfigCommand {
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    /** Reads what {@code serve} would read, and tells all that is wrong with it. */
    abstract static class Reader implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private ConfigurationOption configuration = new ConfigurationOption();

        @SuppressWarnings("UnusedVariable") // picocli looks at it
        @Option(names = "--help", usageHelp = true, description = "Show this help.")
        private boolean help;

        /** @throws ParameterException if the command line asks for what there is not */
        abstract String describe(LoadedConfiguration configuration);

        @Override
        public Integer call() {
            try {
                PrintWriter out = spec.commandLine().getOut();
                out.print(describe(configuration.source(List.of()).read()));
                out.flush();
                return ExitCode.OK;
            } catch (ConfigurationException e) {
                e.faults().forEach(spec.commandLine().getErr()::println);
                return ExitCode.SOFTWARE;
            }
        }
    }

    @Command(name = "check", description = "Tell everything that is wrong with it; end with 0 if nothing is.")
    static final class Check extends Reader {
        @Override
        String describe(LoadedConfiguration configuration) {
            return "";
        }
    }

    @Command(name = "show", description = "Show all of it as YAML, defaults included and secrets masked.")
    static final class Show extends Reader {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(
                paramLabel = "KEY",
                arity = "0..1",
                description = "Show only the value of this key, such as garbage.grace, as plain text.")
        private Optional<String> key = Optional.empty();

        @Override
        String describe(LoadedConfiguration configuration) {
            return key.map(name -> configuration
                            .show(name)
                            .map(value -> value + "\n")
                            .orElseThrow(() -> new ParameterException(spec.commandLine(), name + " is not set")))
                    .orElseGet(configuration::toYaml);
        }
    }
}
