package io.dvcr.cli.serve;

import io.dvcr.cli.config.ConfigurationException;
import io.dvcr.cli.config.ConfigurationOption;
import io.dvcr.cli.config.ConfigurationSource;
import io.dvcr.cli.config.ConfigurationWatch;
import io.dvcr.cli.config.LoadedConfiguration;
import io.dvcr.cli.config.OptionValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "serve",
        description = {
            "Run the registry, and the machines of this host, until told to stop.",
            "Options win over the environment, which wins over the configuration file."
        })
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigurationOption configuration = new ConfigurationOption();

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where to listen, 127.0.0.1:5000 if missing; port 0 is any free one.")
    private Optional<String> listen = Optional.empty();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where to keep everything: /var/lib/dvcr for root, ~/.local/share/dvcr for others.")
    private Optional<String> data = Optional.empty();

    @Option(
            names = "--insecure-anonymous",
            description = "Listen beyond loopback although everyone who can connect may do everything.")
    private boolean insecureAnonymous;

    @Option(names = "--no-controller", description = "Do not run machines on this host.")
    private boolean noController;

    @Option(
            names = "--libvirt",
            paramLabel = "URI",
            description = "Which libvirt runs the machines: qemu:///system for root, qemu:///session for others.")
    private Optional<String> libvirt = Optional.empty();

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ConfigurationSource source = configuration.source(options());
        try {
            serve(source, source.read());
            return ExitCode.OK;
        } catch (ConfigurationException e) {
            PrintWriter err = spec.commandLine().getErr();
            e.faults().forEach(err::println);
            err.println("dvcr: the configuration cannot be used");
            return ExitCode.USAGE;
        }
    }

    private void serve(ConfigurationSource source, LoadedConfiguration loaded)
            throws IOException, InterruptedException {
        CountDownLatch forever = new CountDownLatch(1);
        try (Server server = Server.start(loaded.value(), ConfigurationWatch.start(source, loaded))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
            spec.commandLine().getOut().println("dvcr is ready on " + server.url());
            spec.commandLine().getOut().flush();
            forever.await();
        }
    }

    /** On SIGTERM and SIGINT: finishes what is under way. To stop when asked to is to end well, which Java would not say. */
    private static void stop(Server server) {
        server.close();
        Runtime.getRuntime().halt(ExitCode.OK);
    }

    private List<OptionValue> options() {
        List<OptionValue> options = new ArrayList<>();
        listen.ifPresent(address -> options.add(new OptionValue("--listen", "listen", address)));
        data.ifPresent(directory -> options.add(new OptionValue("--data", "data", directory)));
        libvirt.ifPresent(uri -> options.add(new OptionValue("--libvirt", "machines.libvirt", uri)));
        if (insecureAnonymous) {
            options.add(new OptionValue("--insecure-anonymous", "insecureAnonymous", "true"));
        }
        if (noController) {
            options.add(new OptionValue("--no-controller", "machines.enabled", "false"));
        }
        return options;
    }
}
