package io.dvcr.virt.libvirt;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The system's libvirt where no service manager runs it: starts the daemons that do not run yet, and stops those on
 * closing. A user's own libvirt is started by its client.
 */
final class LibvirtDaemons implements Closeable {
    static final Path SYSTEM_SOCKET = Path.of("/run/libvirt/libvirt-sock");

    private static final int LONGEST_START_SECONDS = 20;

    private final List<Process> started = new ArrayList<>();

    /** The system's libvirt for root, the user's own for everyone else. */
    static String uri() {
        return System.getProperty("user.name").equals("root") ? "qemu:///system" : "qemu:///session";
    }

    static LibvirtDaemons running(String uri) throws IOException, InterruptedException {
        LibvirtDaemons daemons = new LibvirtDaemons();
        if (uri.equals("qemu:///system")) {
            daemons.ensure("virtlogd", Path.of("/run/libvirt/virtlogd-sock"));
            daemons.ensure("libvirtd", SYSTEM_SOCKET);
        }
        return daemons;
    }

    private void ensure(String daemon, Path socket) throws IOException, InterruptedException {
        if (accepts(socket)) {
            return;
        }
        Process process = new ProcessBuilder("/usr/sbin/" + daemon)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        started.addFirst(process);
        for (int i = 0; i < LONGEST_START_SECONDS * 10; i++) {
            if (accepts(socket)) {
                return;
            }
            Thread.sleep(100);
        }
        throw new IOException(daemon + " does not listen at " + socket);
    }

    private static boolean accepts(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (SocketException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (Process process : started) {
            process.destroy();
            try {
                process.waitFor(LONGEST_START_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
