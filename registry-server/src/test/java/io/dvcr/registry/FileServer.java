package io.dvcr.registry;

import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server that serves one file at every path, from where images are imported. */
public final class FileServer implements Closeable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private FileServer(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
    }

    public static FileServer serving(byte[] content) throws IOException {
        return serving(content, new CountDownLatch(0));
    }

    /** One that holds back the second half of the file until {@code go} says so. */
    public static FileServer serving(byte[] content, CountDownLatch go) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(content, 0, content.length / 2);
                out.flush();
                await(go);
                out.write(content, content.length / 2, content.length - content.length / 2);
            }
        });
        FileServer files = new FileServer(server);
        server.start();
        return files;
    }

    private static void await(CountDownLatch go) throws IOException {
        try {
            go.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/disk.img");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }
}
