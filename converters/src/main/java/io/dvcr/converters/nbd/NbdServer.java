package io.dvcr.converters.nbd;

import io.dvcr.converters.RandomAccessDisk;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a disk read-only over NBD on a Unix socket, as its only export, whose name is empty: doc/proto.md in
 * github.com/NetworkBlockDevice/nbd. Serves several clients at once. Who may connect is decided by the rights on the
 * socket's directory. Closing hangs up on all clients and removes the socket; the disk stays open.
 */
public final class NbdServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);
    private static final int MAX_CONNECTIONS = 16;

    private final Path socket;
    private final RandomAccessDisk disk;
    private final ServerSocketChannel listening;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(MAX_CONNECTIONS);
    private final Set<Wire> connections = ConcurrentHashMap.newKeySet();

    private NbdServer(Path socket, RandomAccessDisk disk, ServerSocketChannel listening) {
        this.socket = socket;
        this.disk = disk;
        this.listening = listening;
    }

    /** Listens on {@code socket}, which must not exist yet and have a short path; see {@link SocketDirectory}. */
    public static NbdServer listen(Path socket, RandomAccessDisk disk) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listening.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            listening.close();
            throw e;
        }
        NbdServer server = new NbdServer(socket, disk, listening);
        server.threads.execute(server::accept);
        return server;
    }

    /** Returns when no request reads the disk any more. */
    @Override
    public void close() throws IOException {
        listening.close();
        places.release(); // for a thread that waits to accept one more
        for (Wire connection : connections) {
            connection.close();
        }
        threads.close();
        for (Wire late : connections) {
            late.close();
        }
        Files.deleteIfExists(socket);
    }

    private void accept() {
        try {
            while (true) {
                places.acquireUninterruptibly();
                Wire wire = new Wire(listening.accept());
                connections.add(wire);
                threads.execute(() -> serve(wire));
            }
        } catch (ClosedChannelException | RejectedExecutionException _) {
            LOG.atDebug().addKeyValue("socket", socket).log("the NBD server is closed");
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("socket", socket).setCause(e).log("the NBD server accepts no more clients");
        }
    }

    private void serve(Wire wire) {
        try (wire) {
            if (listening.isOpen()) {
                new ServerConnection(wire, disk).serve();
            }
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("socket", socket).setCause(e).log("an NBD connection ended early");
        } finally {
            connections.remove(wire);
            places.release();
        }
    }
}
