package io.dvcr.registry.http;

import io.dvcr.storage.object.ByteRange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;

/** Sends replies. Thread-safe. */
final class ReplySender {

    /** What the kernel takes at once in all likelihood: waiting for that to be over would cost more than the sending. */
    private static final int SMALL_BYTES = 64 * 1024;

    private static final int COPIED_BYTES = 64 * 1024;
    private static final int KEPT_BUFFERS = 64;

    /**
     * Sent at once of a stretch of zeros, which takes no memory for each client. What HTTP/2 holds back for a slow client
     * {@link OpenConnection} does not see, but only {@link ResponseOutput}, which needs pieces that go out in time.
     */
    private static final int ZERO_BYTES = 1 << 20;

    private final TransferLimits limits;
    private final DirectBuffers buffers = new DirectBuffers(ResponseOutput.PIECE_BYTES, KEPT_BUFFERS);
    private final ByteBuf zeros =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer(ZERO_BYTES).writeZero(ZERO_BYTES));
    private final ByteBuf fewZeros = zeros.slice(0, ResponseOutput.PIECE_BYTES);

    ReplySender(TransferLimits limits) {
        this.limits = limits;
    }

    /** Returns when everything is sent, but for a small reply, which is only on its way by then. Closes the body. */
    void send(Reply reply, Exchange exchange) throws IOException {
        try (Reply.Body _ = reply.body()) {
            sendOpen(reply, exchange);
        }
    }

    private void sendOpen(Reply reply, Exchange exchange) throws IOException {
        HttpServerResponse response = exchange.request().response();
        response.setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        if (reply.body().length() == Reply.Body.UNKNOWN) {
            response.setChunked(true);
        } else if (reply.status() != 204 && reply.status() != 304) { // a 304 would have to give the length of the 200
            response.putHeader("Content-Length", Long.toString(reply.body().length()));
        }
        send(exchange.isHead() ? new Reply.Body.None(reply.body().length()) : reply.body(), response, exchange);
    }

    private void send(Reply.Body body, HttpServerResponse response, Exchange exchange) throws IOException {
        switch (body) {
            case Reply.Body.None(long _) -> response.end();
            case Reply.Body.Bytes(byte[] content)
            when content.length <= SMALL_BYTES -> response.end(Buffer.buffer(content));
            case Reply.Body.Bytes(byte[] content) ->
                ResponseOutput.await(response.end(Buffer.buffer(content)), timeFor(content.length));
            case Reply.Body.FilePart(FileChannel file, ByteRange range)
            when !exchange.isHttp2() && !exchange.request().isSSL() ->
                // a client that stops reading is OpenConnection's to see: this says nothing until all is sent
                ResponseOutput.await(response.sendFile(file, range.offset(), range.length()), limits.total());
            case Reply.Body.FilePart(FileChannel file, ByteRange range) ->
                stream(response, exchange, out -> copy(file, range, out));
            case Reply.Body.Open(long _, InputStream content) -> stream(response, exchange, content::transferTo);
            case Reply.Body.Stream(long _, Reply.Writer writer) -> stream(response, exchange, writer);
            case Reply.Body.Live(Reply.Writer writer, Runnable _) -> stream(response, exchange, writer);
        }
    }

    private void stream(HttpServerResponse response, Exchange exchange, Reply.Writer writer) throws IOException {
        ByteBuf atOnce = exchange.isHttp2() ? fewZeros : zeros;
        try (ResponseOutput out = new ResponseOutput(response, limits, buffers, atOnce)) {
            writer.writeTo(out);
        }
        ResponseOutput.await(response.end(), limits.silence());
    }

    /** Where the bytes cannot go from the file to the socket unseen, since they are encrypted or framed. */
    private static void copy(FileChannel file, ByteRange range, OutputStream target) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(COPIED_BYTES);
        for (long position = range.offset(); position < range.end(); position += buffer.position()) {
            buffer.clear().limit((int) Math.min(COPIED_BYTES, range.end() - position));
            if (file.read(buffer, position) < 0) {
                throw new EOFException("the file ends at " + position);
            }
            target.write(buffer.array(), 0, buffer.position());
        }
    }

    /** How long the slowest client allowed needs for {@code bytes}. */
    private Duration timeFor(long bytes) {
        return limits.silence().plusSeconds(bytes / limits.minBytesPerSecond());
    }
}
