package io.dvcr.registry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.TreeMap;

/** A client that says exactly what a test wants it to say. */
public final class RawClient implements Closeable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    /** A reply as it came. */
    public record RawReply(int status, Map<String, String> headers, String body) {
        public String header(String name) {
            return headers.getOrDefault(name, "(none)");
        }
    }

    public RawClient(TestServer server) throws IOException {
        this(server.address());
    }

    public RawClient(InetSocketAddress server) throws IOException {
        socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /** Sends {@code lines} as the head of a request. */
    public RawClient head(String... lines) throws IOException {
        return send((String.join("\r\n", lines) + "\r\nHost: registry\r\n\r\n").getBytes(ISO_8859_1));
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    public RawReply reply() throws IOException {
        return reply(true);
    }

    /** The reply to a HEAD request. */
    public RawReply replyToHead() throws IOException {
        return reply(false);
    }

    private RawReply reply(boolean hasBody) throws IOException {
        String statusLine = line();
        if (!statusLine.matches("HTTP/\\d\\.\\d \\d{3} .*")) {
            throw new IOException("not a reply: " + statusLine);
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        int length = hasBody ? Integer.parseInt(headers.getOrDefault("Content-Length", "0")) : 0;
        String body = new String(in.readNBytes(length), ISO_8859_1);
        if (body.length() < length) {
            throw new EOFException("the body was cut off after " + body.length() + " of " + length + " bytes");
        }
        return new RawReply(Integer.parseInt(statusLine.substring(9, 12)), headers, body);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection was closed after \"" + line + "\"");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    /** Whether the server has closed the connection, or does so soon. */
    public boolean isClosedByServer() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
