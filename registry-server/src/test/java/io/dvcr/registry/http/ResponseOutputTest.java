package io.dvcr.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ResponseOutputTest {
    private static final int PIECES = 200;

    private final AtomicInteger made = new AtomicInteger();
    private final DirectBuffers buffers = new DirectBuffers(ResponseOutput.PIECE_BYTES, 64, this::make);
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private ByteBuffer make(int bytes) {
        made.incrementAndGet();
        return ByteBuffer.allocateDirect(bytes);
    }

    @Test
    void a_reply_of_any_length_is_sent_from_a_few_buffers() throws Exception {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> Thread.startVirtualThread(() -> reply(request)))
                .listen(0, "127.0.0.1")
                .await();
        byte[] received;
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + server.actualPort());
            received = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray())
                    .body();
        }

        for (int piece = 0; piece < PIECES; piece++) {
            int from = piece * ResponseOutput.PIECE_BYTES;
            assertThat(Arrays.copyOfRange(received, from, from + ResponseOutput.PIECE_BYTES))
                    .isEqualTo(piece(piece));
        }
        assertThat(made).hasValueLessThan(10);
    }

    private void reply(HttpServerRequest request) {
        request.response().setChunked(true);
        try (ResponseOutput out =
                new ResponseOutput(request.response(), TransferLimits.DEFAULTS, buffers, Unpooled.EMPTY_BUFFER)) {
            for (int piece = 0; piece < PIECES; piece++) {
                out.write(piece(piece));
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        request.response().end();
    }

    private static byte[] piece(int number) {
        byte[] bytes = new byte[ResponseOutput.PIECE_BYTES];
        Arrays.fill(bytes, (byte) number);
        return bytes;
    }
}
