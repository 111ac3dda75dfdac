package io.dvcr.cli.command;

import io.dvcr.virt.api.Kinds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "vnc",
        description = {
            "Let VNC clients see a machine of this host: over a TCP port of the loopback interface, until interrupted.",
            "Whoever is on this host can connect to the port meanwhile; --socket needs none."
        })
final class VirtualMachineVncCommand extends ResourceCommand {
    @Parameters(paramLabel = "NAME", description = "The machine.")
    private String name = "";

    @Option(names = "--socket", description = "Print the path of the Unix socket that speaks VNC, and end.")
    private boolean socketOnly;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Which port; any free one if missing.")
    private int port;

    @Option(names = "--once", description = "End when the first client has.")
    private boolean once;

    @Override
    void run() throws IOException {
        Path socket = MachineEndpoints.path(resources().get(Kinds.MACHINE, key(Kinds.MACHINE, name)), "vnc");
        if (socketOnly) {
            out().println(socket);
            return;
        }
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(loopback)) {
            InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
            out().println("vnc://" + address.getAddress().getHostAddress() + ":" + address.getPort());
            out().flush();
            new SocketProxy(socket).serve(server, once);
        }
    }
}
