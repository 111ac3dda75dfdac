package io.dvcr.cli.serve;

import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.config.Configuration;
import io.dvcr.cli.config.ConfigurationException;
import io.dvcr.cli.config.ConfigurationSource;
import io.dvcr.storage.content.StoreCopy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "store",
        description = "Work on what a registry keeps, without a server.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {StoreCommand.Copy.class, StoreCheckCommand.class})
public final class StoreCommand {
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    /** Takes a registry from one store to another. */
    @Command(
            name = "copy",
            description = {
                "Copy all that a registry keeps to another store, and go on where an earlier copy stopped.",
                "Each store is named by the configuration file of the server that uses it; the environment counts for"
                        + " neither. Stop both servers first."
            })
    static final class Copy implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "FROM", index = "0", description = "The configuration of the server that was.")
        private Path from = Path.of("");

        @Parameters(paramLabel = "TO", index = "1", description = "The configuration of the server that will be.")
        private Path to = Path.of("");

        @SuppressWarnings("UnusedVariable") // picocli looks at it
        @Option(names = "--help", usageHelp = true, description = "Show this help.")
        private boolean help;

        @Override
        public Integer call() throws IOException {
            PrintWriter err = spec.commandLine().getErr();
            try (OpenedStore source = OpenedStore.of(read(from));
                    OpenedStore target = OpenedStore.of(read(to))) {
                StoreCopy.Report report = new StoreCopy(source.store(), target.store()).run();
                report.damaged().forEach(key -> err.println("dvcr: " + key + " is damaged and was not copied"));
                PrintWriter out = spec.commandLine().getOut();
                out.println("copied " + report.copied() + " (" + ByteCount.format(report.copiedBytes()) + "), "
                        + report.there() + " were there");
                out.flush();
                return report.damaged().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
            } catch (ConfigurationException e) {
                e.faults().forEach(err::println);
                return ExitCode.USAGE;
            }
        }

        private static Configuration read(Path file) throws ConfigurationException {
            ConfigurationSource process = ConfigurationSource.ofProcess(Optional.of(file), List.of());
            return new ConfigurationSource(
                            process.file(), true, Map.of(), List.of(), process.user(), process.workingDirectory())
                    .read()
                    .value();
        }
    }
}
