package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * A web server that does to its clients whatever a test wants: every connection takes one request and is closed when
 * the test's behaviour returns, wherever in the answer that is.
 */
public final class WebServer implements Closeable {
    private final ServerSocket listening;
    private final Behaviour behaviour;
    private final List<Exchange> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong sent = new AtomicLong();

    /** Answers a request, or does not. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(Exchange exchange) throws IOException, InterruptedException;
    }

    private WebServer(ServerSocket listening, Behaviour behaviour) {
        this.listening = listening;
        this.behaviour = behaviour;
    }

    public static WebServer start(Behaviour behaviour) throws IOException {
        return start(new ServerSocket(), behaviour);
    }

    /** One that speaks TLS. */
    public static WebServer start(SSLContext tls, Behaviour behaviour) throws IOException {
        return start(tls.getServerSocketFactory().createServerSocket(), behaviour);
    }

    /** One that speaks TLS with clients that show a certificate it trusts. */
    public static WebServer startStrict(SSLContext tls, Behaviour behaviour) throws IOException {
        SSLServerSocket socket = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket();
        socket.setNeedClientAuth(true);
        return start(socket, behaviour);
    }

    private static WebServer start(ServerSocket socket, Behaviour behaviour) throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        WebServer server = new WebServer(socket, behaviour);
        Thread.ofPlatform().daemon().name("web-server").start(server::acceptAll);
        return server;
    }

    /** One that serves {@code content} at every path, with ranges and the entity tag {@code "1"}. */
    public static WebServer serving(byte[] content) throws IOException {
        return start(exchange -> exchange.serve(content, "\"1\""));
    }

    public URI url(String path) {
        String scheme = listening instanceof SSLServerSocket ? "https" : "http";
        return URI.create(scheme + "://127.0.0.1:" + listening.getLocalPort() + path);
    }

    /** All that came so far. */
    public List<Exchange> requests() {
        return requests;
    }

    /** How many bytes went to clients, heads of answers included. */
    public long sent() {
        return sent.get();
    }

    private void acceptAll() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> converse(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            String requestLine = Optional.ofNullable(in.readLine()).orElse("");
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                int colon = line.indexOf(':');
                headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
            if (requestLine.isEmpty()) {
                return;
            }
            Exchange exchange = new Exchange(requestLine, headers, counted(socket.getOutputStream()));
            requests.add(exchange);
            behaviour.answer(exchange);
        } catch (IOException e) {
            return; // the client went away
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private OutputStream counted(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] content, int offset, int length) throws IOException {
                out.write(content, offset, length);
                sent.addAndGet(length);
            }
        };
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** One request and the way to answer it. */
    public record Exchange(String requestLine, Map<String, String> headers, OutputStream out) {

        public String path() {
            return requestLine.split(" ", -1)[1];
        }

        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }

        /** Sends status line and headers, each as {@code Name: value}. */
        public void head(int status, String... lines) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\nConnection: close\r\n");
            for (String line : lines) {
                head.append(line).append("\r\n");
            }
            write(head.append("\r\n").toString().getBytes(ISO_8859_1));
        }

        public void write(byte[] content) throws IOException {
            out.write(content);
            out.flush();
        }

        public void status(int status) throws IOException {
            head(status, "Content-Length: 0");
        }

        public void redirect(String location) throws IOException {
            head(302, "Location: " + location, "Content-Length: 0");
        }

        /** Where the client wants to go on, or 0. */
        public int rangeStart() {
            return header("Range")
                    .map(range -> Integer.parseInt(range.replaceAll("\\D", "")))
                    .orElse(0);
        }

        /** Answers as a good server does. */
        public void serve(byte[] content, String etag) throws IOException {
            serve(content, etag, content.length);
        }

        /** Answers as a good server does, whose connection is cut before byte {@code cutAt} of the content. */
        public void serve(byte[] content, String etag, int cutAt) throws IOException {
            boolean partial = header("Range").isPresent() && header("If-Range").equals(Optional.of(etag));
            int start = partial ? rangeStart() : 0;
            if (partial) {
                head(
                        206,
                        "Content-Length: " + (content.length - start),
                        "Content-Range: bytes " + start + "-" + (content.length - 1) + "/" + content.length,
                        "ETag: " + etag);
            } else {
                head(200, "Content-Length: " + content.length, "ETag: " + etag);
            }
            out.write(content, start, Math.max(0, cutAt - start));
            out.flush();
        }
    }
}
