package io.dvcr.cli.command;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Hands bytes on between clients of a TCP port and a Unix socket. */
final class SocketProxy {
    private final Path socket;

    SocketProxy(Path socket) {
        this.socket = socket;
    }

    /** @param once whether to return when the first client is gone; otherwise it does not */
    void serve(ServerSocketChannel server, boolean once) throws IOException {
        while (true) {
            SocketChannel client = server.accept();
            if (once) {
                join(client);
                return;
            }
            Thread.ofVirtual().start(() -> {
                try {
                    join(client);
                } catch (IOException e) {
                    System.err.println("cannot connect to " + socket + ": " + e.getMessage());
                }
            });
        }
    }

    private void join(SocketChannel client) throws IOException {
        try (client;
                SocketChannel target = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            Thread back = Thread.ofVirtual().start(() -> pump(target, client));
            pump(client, target);
            back.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until one of the two has nothing more to say; the other is told. */
    private static void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // one of them is gone: closing both lets the other direction end as well
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is gone already
        }
    }
}
