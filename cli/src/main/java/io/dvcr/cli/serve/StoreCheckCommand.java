package io.dvcr.cli.serve;

import io.dvcr.cli.client.ProgressBar;
import io.dvcr.cli.config.Configuration;
import io.dvcr.cli.config.ConfigurationException;
import io.dvcr.cli.config.ConfigurationOption;
import io.dvcr.cli.config.DurationOption;
import io.dvcr.converters.disk.DiskRule;
import io.dvcr.storage.content.CheckReport;
import io.dvcr.storage.content.CheckSettings;
import io.dvcr.storage.content.StoreCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks whether a store is as it must be. */
@Command(
        name = "check",
        description = {
            "Look whether every name in a store leads somewhere and every blob is what its digest says, and change"
                    + " nothing. Servers may go on meanwhile.",
            "Ends with 0 if all is well, and 1 if not. What is corrupt 'dvcr scrub' takes out of service."
        })
final class StoreCheckCommand implements Callable<Integer> {
    private static final int PERCENT = 100;

    /** What a check prints, as it is typed. */
    enum Output {
        table,
        json
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigurationOption configuration = new ConfigurationOption();

    @Option(
            names = "--readers",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many blobs are read at once; ${DEFAULT-VALUE} if missing.")
    private int readers = 4;

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            converter = DurationOption.class,
            description = "Read only blobs that were stored within this time, such as 7d. Names are looked at all the"
                    + " same.")
    private Optional<Duration> since = Optional.empty();

    @Option(
            names = "--sample",
            paramLabel = "PERCENT",
            defaultValue = "100",
            description = "Read so many of these blobs, by chance; 0 looks at names alone.")
    private double sample = PERCENT;

    @Option(names = "--seed", paramLabel = "NUMBER", description = "Draw the sample that an earlier check drew.")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "What to print.")
    private Output output = Output.table;

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    @Override
    public Integer call() throws IOException {
        try {
            Configuration read = configuration.source(List.of()).read().value();
            CheckReport report = check(read, settings(read, Instant.now()));
            PrintWriter out = spec.commandLine().getOut();
            switch (output) {
                case table -> new StoreCheckReport(out).print(report);
                case json -> new StoreCheckReport(out).printJson(report);
            }
            return report.allWell() ? ExitCode.OK : ExitCode.SOFTWARE;
        } catch (ConfigurationException e) {
            e.faults().forEach(spec.commandLine().getErr()::println);
            return ExitCode.USAGE;
        }
    }

    private CheckSettings settings(Configuration read, Instant now) {
        long drawn = seed.orElseGet(() -> (long) new SecureRandom().nextInt(Integer.MAX_VALUE));
        CheckSettings settings;
        try {
            settings = new CheckSettings(
                    readers,
                    since.map(now::minus),
                    sample / PERCENT,
                    drawn,
                    now.minus(read.uploads().expireAfter()));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--readers must be 1 or more, and --sample from 0 to 100", e);
        }
        if (sample > 0 && sample < PERCENT) {
            spec.commandLine().getErr().println("drawing a sample with --seed " + drawn);
        }
        return settings;
    }

    private static CheckReport check(Configuration read, CheckSettings settings) throws IOException {
        try (OpenedStore.ToRead opened = OpenedStore.ToRead.of(read);
                ProgressBar bar = ProgressBar.onTerminal()) {
            StoreCheck.Listener listener = (manifests, readBytes, toRead) ->
                    bar.show(StoreCheckReport.percent(readBytes, toRead), StoreCheckReport.note(manifests, readBytes));
            return new StoreCheck(opened.store(), settings, new DiskRule(), listener).run();
        }
    }
}
