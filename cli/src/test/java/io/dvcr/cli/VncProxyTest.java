package io.dvcr.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineStatus;
import io.dvcr.virt.resource.Key;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VncProxyTest extends CommandBench {

    @Test
    void a_client_of_the_port_talks_to_the_socket() throws Exception {
        Path sockets = Files.createTempDirectory("vnc");
        Path socket = sockets.resolve("s");
        apply(MACHINE);
        seenAt(socket);
        assertThat(run("vm", "vnc", "web", "--socket")).isEqualTo(new Ended(0, socket + "\n", ""));
        try (ServerSocketChannel screen =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket))) {
            Thread echoing = Thread.ofVirtual().start(() -> echo(screen));
            StringWriter out = new StringWriter();
            Thread command = Thread.ofVirtual()
                    .start(() -> Main.commandLine()
                            .setOut(new PrintWriter(out, true))
                            .execute("vm", "vnc", "web", "--once", "--server=" + server.url()));
            await(() -> out.toString().endsWith("\n"));
            URI url = URI.create(out.toString().strip());

            try (Socket client = new Socket(url.getHost(), url.getPort())) {
                client.getOutputStream().write("RFB 003.008\n".getBytes(UTF_8));
                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes())
                        .asString(UTF_8)
                        .isEqualTo("RFB 003.008\n");
            }
            command.join();
            echoing.join();
        } finally {
            Files.deleteIfExists(socket);
            Files.delete(sockets);
        }
    }

    private void seenAt(Path socket) throws Exception {
        var machine = server.resources.get(Kinds.MACHINE, Key.of("default", "web"));
        VirtualMachineStatus before = machine.status();
        server.resources.updateStatus(machine.withStatus(new VirtualMachineStatus(
                VirtualMachineStatus.Phase.Running,
                before.message(),
                before.nodeName(),
                before.ipAddress(),
                before.accelerator(),
                before.blockDevicesAttached(),
                before.guestOSInfo(),
                before.restartAwaitingChanges(),
                Optional.of(new VirtualMachineStatus.Endpoints("d", "/c", "/l", Optional.of(socket.toString()))),
                before.run(),
                before.conditions(),
                1)));
    }

    private static void echo(ServerSocketChannel screen) {
        try (SocketChannel client = screen.accept()) {
            ByteBuffer buffer = ByteBuffer.allocate(100);
            while (client.read(buffer) >= 0) {
                buffer.flip();
                client.write(buffer);
                buffer.clear();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
