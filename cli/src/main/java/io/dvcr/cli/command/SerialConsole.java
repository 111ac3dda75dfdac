package io.dvcr.cli.command;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Connects the terminal to the socket that is a guest's serial port, so it works on the machine's own host only. */
final class SerialConsole {
    private static final byte LEAVE = 0x1d;

    private SerialConsole() {}

    /** Until the user leaves with Ctrl-], or the guest is off. */
    static void talk(String machine, Path socket) throws IOException {
        System.err.println("connected to " + machine + "; Ctrl-] leaves");
        try (SocketChannel channel = connect(machine, socket);
                RawTerminal _ = RawTerminal.open()) {
            talk(channel);
        }
    }

    private static SocketChannel connect(String machine, Path socket) throws IOException {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new IOException(
                    "cannot open the console of " + machine + " at " + socket
                            + ": the machine must run, on this host, and this user must be allowed to",
                    e);
        }
    }

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
