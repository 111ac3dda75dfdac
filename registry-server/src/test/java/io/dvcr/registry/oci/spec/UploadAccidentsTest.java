package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import io.dvcr.registry.RawClient.RawReply;
import io.dvcr.registry.RegistryTest;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to uploads every day, and must not cost the client more than going on where it stopped. */
class UploadAccidentsTest extends RegistryTest {
    private static final byte[] CONTENT = bytes(5_000_000);
    private static final Digest DIGEST = Digest.sha256(CONTENT);
    private static final int SENT = 3_000_000;
    private static final byte[] NOTHING = new byte[0];

    private Uploads uploads() {
        return new Uploads(server, repository);
    }

    /** A connection on which a part of a chunk came, and nothing more comes; neither has it ended. */
    private RawClient hangingIn(String location, String framing) throws IOException {
        RawClient client = new RawClient(server);
        client.head("PATCH " + location + " HTTP/1.1", framing);
        client.send(framing.startsWith("Transfer") ? (Integer.toHexString(SENT) + "\r\n").getBytes(US_ASCII) : NOTHING);
        client.send(Arrays.copyOf(CONTENT, SENT));
        while (uploads().offset(location) < SENT) {
            TestServer.pause();
        }
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5000000", "Transfer-Encoding: chunked"})
    void a_client_whose_connection_hangs_half_open_goes_on_over_another(String framing) throws IOException {
        String location = uploads().begin();
        try (RawClient dead = hangingIn(location, framing)) {
            HttpResponse<byte[]> reply = uploads().patch(location, CONTENT, SENT, CONTENT.length);
            assertThat(reply.statusCode()).isEqualTo(202);
            uploads().assertCreated(uploads().finish(location, DIGEST, NOTHING), DIGEST);
            uploads().assertStored(DIGEST, CONTENT);

            RawReply late = dead.reply(); // it was not dead after all
            assertThat(late.status()).isEqualTo(409);
            assertThat(late.body()).contains("BLOB_UPLOAD_INVALID", "is being written by another request");
        }
    }

    @Test
    void what_a_dead_connection_delivers_late_is_dropped() throws IOException {
        String location = uploads().begin();
        try (RawClient stale = hangingIn(location, "Content-Length: 5000000")) {
            uploads().patch(location, CONTENT, SENT, SENT + 1_000_000);
            stale.send(bytes(2_000_000));
            assertThat(stale.reply().status()).isEqualTo(409);
            assertThat(stale.head("GET " + location + " HTTP/1.1").reply().header("Range"))
                    .isEqualTo("0-3999999");
            uploads().patch(location, CONTENT, SENT + 1_000_000, CONTENT.length);
            uploads().assertCreated(uploads().finish(location, DIGEST, NOTHING), DIGEST);
        }
    }

    @Test
    void a_hanging_upload_is_finished_or_cancelled_over_another_connection() throws IOException {
        String finished = uploads().begin();
        try (RawClient dead = hangingIn(finished, "Content-Length: 5000000")) {
            Digest digest = Digest.sha256(Arrays.copyOf(CONTENT, SENT));
            uploads().assertCreated(uploads().finish(finished, digest, NOTHING), digest);
            assertThat(dead.reply().status()).isEqualTo(409);
        }
        String cancelled = uploads().begin();
        try (RawClient dead = hangingIn(cancelled, "Content-Length: 5000000")) {
            assertThat(server.send("DELETE", cancelled).statusCode()).isEqualTo(204);
            assertThat(dead.reply().status()).isEqualTo(409);
        }
        assertOciError(server.get(cancelled), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void a_connection_that_is_cut_leaves_what_came() throws IOException {
        String location = uploads().begin();
        hangingIn(location, "Content-Length: 5000000").close();
        assertThat(uploads().offset(location)).isEqualTo(SENT);
        assertThat(uploads().patch(location, CONTENT, SENT, CONTENT.length).statusCode())
                .isEqualTo(202);
        uploads().assertCreated(uploads().finish(location, DIGEST, NOTHING), DIGEST);
    }

    @Test
    void who_did_not_get_the_answer_to_the_last_request_asks_again_and_gets_it() throws IOException {
        String location = uploads().begin();
        uploads().patch(location, CONTENT, 0, CONTENT.length);
        for (int i = 0; i < 3; i++) {
            uploads().assertCreated(uploads().finish(location, DIGEST, NOTHING), DIGEST);
        }
        assertOciError(uploads().finish(location, Digest.sha256(NOTHING), NOTHING), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void of_many_who_send_the_same_chunk_at_once_one_succeeds_and_nothing_is_stored_twice() throws Exception {
        String location = uploads().begin();
        List<Future<HttpResponse<byte[]>>> chunks = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                chunks.add(threads.submit(() -> uploads().patch(location, CONTENT, 0, CONTENT.length)));
            }
        }
        List<Integer> statuses = new ArrayList<>();
        for (Future<HttpResponse<byte[]>> chunk : chunks) {
            statuses.add(chunk.get().statusCode());
            assertThat(header(chunk.get(), "Range")).isEqualTo("0-4999999");
        }
        assertThat(statuses).containsOnly(202, 416).containsOnlyOnce(202);
        uploads().assertCreated(uploads().finish(location, DIGEST, NOTHING), DIGEST);
        uploads().assertStored(DIGEST, CONTENT);
    }

    @Test
    void the_body_of_a_refused_chunk_is_drained_and_the_connection_goes_on() throws IOException {
        String location = uploads().begin();
        try (RawClient client = new RawClient(server)) {
            client.head("PATCH " + location + " HTTP/1.1", "Content-Length: 5000000", "Content-Range: 1-5000000")
                    .send(CONTENT);
            assertThat(client.reply().status()).isEqualTo(416);
            client.head("PATCH " + location + " HTTP/1.1", "Content-Length: 5000000", "Content-Range: 0-4999999")
                    .send(CONTENT);
            assertThat(client.reply().status()).isEqualTo(202);
        }
        uploads().assertCreated(uploads().finish(location, DIGEST, NOTHING), DIGEST);
    }
}
