package io.dvcr.cli.serve;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "serve", description = "Run the registry, and the machines of this host, until told to stop.")
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:5000",
            converter = ListenAddress.class,
            description = "Where to listen, 127.0.0.1:5000 if missing; port 0 is any free one.")
    private InetSocketAddress listen = new InetSocketAddress(0);

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where to keep everything: /var/lib/dvcr for root, ~/.local/share/dvcr for others.")
    private Optional<Path> data = Optional.empty();

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
        if (!listen.getAddress().isLoopbackAddress() && !insecureAnonymous) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--listen beyond loopback lets everyone who can connect do everything;"
                            + " say --insecure-anonymous if that is meant");
        }
        CountDownLatch stopped = new CountDownLatch(1);
        try (Server server = Server.start(settings())) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopped)));
            spec.commandLine().getOut().println("dvcr is ready on " + server.url());
            spec.commandLine().getOut().flush();
            stopped.await();
        }
        return 0;
    }

    private static void stop(Server server, CountDownLatch stopped) {
        server.close();
        stopped.countDown();
    }

    private ServerSettings settings() {
        String user = System.getProperty("user.name");
        DataDirectory directory = data.map(path -> new DataDirectory(path.toAbsolutePath()))
                .orElseGet(() -> DataDirectory.defaultFor(
                        user,
                        Path.of(System.getProperty("user.home")),
                        Optional.ofNullable(System.getenv("XDG_DATA_HOME")).orElse("")));
        String libvirtUri = libvirt.orElse(user.equals("root") ? "qemu:///system" : "qemu:///session");
        return new ServerSettings(listen, directory, noController ? Optional.empty() : Optional.of(libvirtUri));
    }
}
