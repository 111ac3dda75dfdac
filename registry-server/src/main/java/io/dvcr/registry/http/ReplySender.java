package io.dvcr.registry.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.time.Duration;

/** Sends replies. */
final class ReplySender {
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SEND_FILE_TIMEOUT = Duration.ofHours(24);

    /** What the kernel takes at once in all likelihood: waiting for that to be over would cost more than the sending. */
    private static final int SMALL_BYTES = 64 * 1024;

    private ReplySender() {}

    /** Returns when everything is sent, but for a small reply, which is only on its way by then. Closes the body. */
    static void send(Reply reply, HttpServerRequest request) throws IOException {
        try (Reply.Body _ = reply.body()) {
            sendOpen(reply, request);
        }
    }

    private static void sendOpen(Reply reply, HttpServerRequest request) throws IOException {
        HttpServerResponse response = request.response();
        response.setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        if (reply.status() != 204 && reply.status() != 304) { // a 304 would have to give the length of the 200
            response.putHeader("Content-Length", Long.toString(reply.body().length()));
        }
        boolean isHead = request.method().name().equals("HEAD");
        send(isHead ? new Reply.Body.None(reply.body().length()) : reply.body(), response);
    }

    private static void send(Reply.Body body, HttpServerResponse response) throws IOException {
        switch (body) {
            case Reply.Body.None(long _) -> response.end();
            case Reply.Body.Bytes(byte[] content)
            when content.length <= SMALL_BYTES -> response.end(Buffer.buffer(content));
            case Reply.Body.Bytes(byte[] content) ->
                ResponseOutput.await(response.end(Buffer.buffer(content)), IDLE_TIMEOUT);
            case Reply.Body.FilePart(var file, var range) ->
                ResponseOutput.await(response.sendFile(file, range.offset(), range.length()), SEND_FILE_TIMEOUT);
            case Reply.Body.Stream(long _, Reply.Writer writer) -> {
                writer.writeTo(new ResponseOutput(response, IDLE_TIMEOUT));
                ResponseOutput.await(response.end(), IDLE_TIMEOUT);
            }
        }
    }
}
