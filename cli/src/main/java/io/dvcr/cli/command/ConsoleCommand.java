package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Connects the terminal to the socket that is a guest's serial port, so it works on the machine's own host only. */
@Command(
        name = "console",
        description = "Talk to a machine over its serial console. Ctrl-] leaves; the machine goes on.")
public final class ConsoleCommand extends ClientCommand {
    private static final byte LEAVE = 0x1d;

    @Parameters(paramLabel = "NAME", description = "The machine.")
    private String name = "";

    @Option(names = "--log", description = "Show what the guest has written so far, and end.")
    private boolean log;

    @Override
    void run() throws IOException {
        JsonNode status = api().get("/api/v1/machines/" + name).path("status");
        if (log) {
            Files.copy(Path.of(status.path("consoleLog").asText()), System.out);
            System.out.flush();
            return;
        }
        Path socket = Path.of(status.path("consoleSocket").asText());
        System.err.println("connected to " + name + "; Ctrl-] leaves");
        try (SocketChannel channel = connect(socket);
                RawTerminal _ = RawTerminal.open()) {
            talk(channel);
        }
    }

    private SocketChannel connect(Path socket) throws IOException {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new IOException(
                    "cannot open the console of " + name + " at " + socket
                            + ": the machine must run, on this host, and this user must be allowed to",
                    e);
        }
    }

    /** Until the user leaves or the guest is off. */
    private static void talk(SocketChannel channel) throws IOException {
        Thread keyboard = Thread.ofPlatform().daemon().start(() -> send(channel));
        try {
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            while (channel.read(buffer) >= 0) {
                System.out.write(buffer.array(), 0, buffer.position());
                System.out.flush();
                buffer.clear();
            }
        } catch (ClosedChannelException e) {
            // the user left
        } finally {
            keyboard.interrupt();
        }
    }

    private static void send(SocketChannel channel) {
        byte[] typed = new byte[1024];
        try {
            int count;
            while ((count = System.in.read(typed)) >= 0) {
                int leave = indexOfLeave(typed, count);
                channel.write(ByteBuffer.wrap(typed, 0, leave));
                if (leave < count) {
                    break;
                }
            }
            channel.close();
        } catch (IOException e) {
            // the guest is off: the reading side sees it too
        }
    }

    private static int indexOfLeave(byte[] typed, int count) {
        for (int i = 0; i < count; i++) {
            if (typed[i] == LEAVE) {
                return i;
            }
        }
        return count;
    }
}
