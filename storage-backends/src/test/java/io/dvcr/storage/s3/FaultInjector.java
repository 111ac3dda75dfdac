package io.dvcr.storage.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Stands between a store and its server, and does to chosen requests what networks and servers do. Thread-safe. */
final class FaultInjector implements Closeable {
    /** What happens to a request. */
    enum Fault {
        /** The connection is cut before the server sees the request. */
        CUT_BEFORE,
        /** The server does it, but the connection is reset before it can say so. */
        RESET_AFTER,
        /** The server asks for fewer requests: it has not done it. */
        SLOW_DOWN,
        /** Half of what the server answers arrives. */
        TRUNCATED,
        /** The server does not begin before the client has lost its patience. */
        DELAYED
    }

    private static final int HALF = 2;

    private final URI server;
    private final Duration delay;
    private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicInteger happened = new AtomicInteger();
    private volatile Predicate<String> chosen = _ -> false;
    private volatile Fault fault = Fault.CUT_BEFORE;

    FaultInjector(URI server, Duration delay) throws IOException {
        this.server = server;
        this.delay = delay;
        threads.execute(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    /** @param requests chosen by their first lines and headers */
    void inject(Fault next, Predicate<String> requests, int times) {
        fault = next;
        chosen = requests;
        happened.set(0);
        left.set(times);
    }

    /** How often it has happened since it was asked for. */
    int happened() {
        return happened.get();
    }

    private Optional<Fault> next(String head) {
        boolean now = chosen.test(head) && left.getAndUpdate(times -> Math.max(0, times - 1)) > 0;
        if (now) {
            happened.incrementAndGet();
        }
        return now ? Optional.of(fault) : Optional.empty();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                threads.execute(() -> serveQuietly(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serveQuietly(Socket accepted) {
        try (accepted) {
            serve(accepted);
        } catch (IOException e) {
            // a side has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One request a connection. */
    private void serve(Socket client) throws IOException, InterruptedException {
        String head = readHead(client.getInputStream());
        Optional<Fault> now = next(head);
        if (now.equals(Optional.of(Fault.CUT_BEFORE))) {
            return;
        }
        if (head.toLowerCase(Locale.ROOT).contains("expect: 100-continue")) {
            client.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
        }
        byte[] body = client.getInputStream().readNBytes(contentLength(head));
        if (now.equals(Optional.of(Fault.SLOW_DOWN))) {
            client.getOutputStream().write(slowDown());
            return;
        }
        if (now.equals(Optional.of(Fault.DELAYED))) {
            Thread.sleep(delay);
        }
        byte[] answer = ask(head, body);
        if (now.equals(Optional.of(Fault.RESET_AFTER))) {
            client.setSoLinger(true, 0);
            return;
        }
        int length =
                now.equals(Optional.of(Fault.TRUNCATED)) ? answer.length - bodyLength(answer) / HALF : answer.length;
        client.getOutputStream().write(answer, 0, length);
    }

    private static int bodyLength(byte[] answer) {
        return Math.max(HALF, answer.length - new String(answer, ISO_8859_1).indexOf("\r\n\r\n") - 4);
    }

    private byte[] ask(String head, byte[] body) throws IOException {
        try (Socket upstream = new Socket(server.getHost(), server.getPort())) {
            OutputStream out = upstream.getOutputStream();
            String once = head.replaceAll("(?i)\r\n(?:connection|expect):[^\r]*", "")
                    .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n");
            out.write(once.getBytes(ISO_8859_1));
            out.write(body);
            out.flush();
            return upstream.getInputStream().readAllBytes();
        }
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.write(next);
        }
        return head.toString(ISO_8859_1);
    }

    private static int contentLength(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .map(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
    }

    private static byte[] slowDown() {
        String body = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
        String head = "HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n\r\n";
        return (head + body).getBytes(ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
