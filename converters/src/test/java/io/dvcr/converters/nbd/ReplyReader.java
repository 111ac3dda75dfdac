package io.dvcr.converters.nbd;

import static io.dvcr.converters.nbd.NbdProtocol.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Takes the replies of a server, in whatever order they come, and hands each to its request by the cookie. Runs on a
 * thread of its own until the connection ends; then all that is still unanswered fails.
 */
final class ReplyReader implements Runnable {
    private final Wire wire;
    private final Map<Long, PendingRequest> unanswered = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    ReplyReader(Wire wire) {
        this.wire = wire;
    }

    /** Before {@code request} is sent. */
    void expect(long cookie, PendingRequest request) throws IOException {
        unanswered.put(cookie, request);
        IOException cause = failure.get();
        if (cause != null && unanswered.remove(cookie) != null) {
            throw new IOException(cause.getMessage(), cause);
        }
    }

    /** Ends the connection because of {@code cause}, unless it has ended already. */
    void abort(IOException cause) {
        failure.compareAndSet(null, cause);
        try {
            wire.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                receive();
            }
        } catch (IOException e) {
            abort(e);
        } finally {
            abort(new IOException("the NBD connection ended"));
            unanswered.keySet().forEach(this::failUnanswered);
        }
    }

    private void failUnanswered(long cookie) {
        PendingRequest request = unanswered.remove(cookie);
        IOException cause = failure.get();
        if (request != null && cause != null) {
            request.done.completeExceptionally(cause);
        }
    }

    private void receive() throws IOException {
        ByteBuffer header = wire.read(SIMPLE_HEADER_BYTES);
        switch (header.getInt()) {
            case SIMPLE_REPLY_MAGIC -> simple(header.getInt(), header.getLong());
            case STRUCTURED_REPLY_MAGIC -> structured(header.getShort(), header.getShort(), header.getLong());
            default -> throw new NbdException("the NBD server sent something that is no reply");
        }
    }

    private void simple(int error, long cookie) throws IOException {
        PendingRequest request = request(cookie);
        if (error == 0) {
            request.acceptSimple(wire);
        } else {
            request.failed(serverError(error, ""));
        }
        end(cookie, request);
    }

    private void structured(short flags, short type, long cookie) throws IOException {
        PendingRequest request = request(cookie);
        int length = wire.read(4).getInt();
        if (length < 0 || length > MAX_PAYLOAD_BYTES + 8) {
            throw new NbdException("a reply chunk of " + Integer.toUnsignedString(length) + " bytes");
        }
        if ((type & REPLY_ERROR_BIT) == 0) {
            request.accept(wire, type, length);
        } else {
            request.failed(errorChunk(length));
        }
        if ((flags & REPLY_FLAG_DONE) != 0) {
            end(cookie, request);
        }
    }

    /** "NBD_REPLY_TYPE_ERROR" and those that begin like it. */
    private IOException errorChunk(int length) throws IOException {
        if (length < 6 || length > MAX_OPTION_BYTES) {
            throw new NbdException("an error chunk of " + length + " bytes");
        }
        ByteBuffer payload = wire.read(length);
        int error = payload.getInt();
        int textBytes = Short.toUnsignedInt(payload.getShort());
        if (textBytes > payload.remaining()) {
            throw new NbdException("an error chunk with a message longer than itself");
        }
        byte[] text = new byte[textBytes];
        payload.get(text);
        return serverError(error, ": " + new String(text, StandardCharsets.UTF_8));
    }

    private PendingRequest request(long cookie) throws IOException {
        PendingRequest request = unanswered.get(cookie);
        if (request == null) {
            throw new NbdException("the NBD server answered a request that was not made");
        }
        return request;
    }

    private void end(long cookie, PendingRequest request) {
        unanswered.remove(cookie);
        request.end();
    }

    private static IOException serverError(int error, String text) {
        return new NbdException("the NBD server reports error " + Integer.toUnsignedString(error) + text);
    }
}
