package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.OciLayout;
import io.dvcr.e2e.fixture.RawUpload;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server is killed while it is pushed to: what it acknowledged is there, and the push goes on. */
@EndToEnd
@Timeout(120)
class KilledPushesIT {
    private static final int ROUNDS = 5;
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";

    private DvcrServer server;

    @BeforeEach
    void start() throws Exception {
        server = DvcrServer.registry();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void acknowledged_chunks_are_there_and_the_upload_can_be_finished() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String what = "round " + round + " of seed " + seed;
            byte[] blob = Bytes.random(random, 1_000_000 + random.nextInt(8_000_000));
            String location = begin();
            int acknowledged = pushChunks(random, location, blob);
            int unacknowledged = random.nextInt(blob.length - acknowledged);

            try (RawUpload cut = RawUpload.begin(server.url(), location, acknowledged, blob.length - acknowledged)) {
                cut.send(Arrays.copyOfRange(blob, acknowledged, acknowledged + unacknowledged));
                server.kill();
            }
            server.restart();

            assertThat(server.http()
                            .get("/v2/killed/push/blobs/" + Bytes.digest(blob))
                            .status())
                    .as(what)
                    .isEqualTo(404);
            int stored = stored(server.http().get(location));
            assertThat(stored).as(what).isBetween(acknowledged, acknowledged + unacknowledged);
            finish(what, location, blob, stored);
        }
        assertThat(DirectoryTree.entries(server.data().resolve("store/uploads")))
                .isEmpty();
        assertThat(DirectoryTree.entries(server.data().resolve("store/.tmp"))).isEmpty();
    }

    @Test
    void an_acknowledged_manifest_is_there_with_its_tag_its_blobs_and_its_subject() throws Exception {
        byte[] config = "{}".getBytes(UTF_8);
        push(config);
        byte[] subject = manifest(config, "");
        byte[] referrer = manifest(config, ",\"subject\":" + OciLayout.descriptor(MANIFEST, subject));
        assertThat(putManifest("1", subject).status()).isEqualTo(201);
        assertThat(putManifest(Bytes.digest(referrer), referrer).status()).isEqualTo(201);

        server.kill();
        server.restart();

        Answer tagged = server.http().get("/v2/killed/push/manifests/1");
        Bytes.assertSame("the manifest", tagged.body(), subject);
        assertThat(tagged.header("Content-Type")).isEqualTo(MANIFEST);
        Bytes.assertSame(
                "the blob",
                server.http()
                        .get("/v2/killed/push/blobs/" + Bytes.digest(config))
                        .body(),
                config);
        assertThat(server.http()
                        .get("/v2/killed/push/referrers/" + Bytes.digest(subject))
                        .text())
                .contains(Bytes.digest(referrer));
        assertThat(server.http()
                        .get("/v2/killed/push/tags/list")
                        .json()
                        .path("tags")
                        .toString())
                .isEqualTo("[\"1\"]");
    }

    private static byte[] manifest(byte[] config, String more) {
        return ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"artifactType\":\"text/x-test\",\"config\":"
                        + OciLayout.descriptor(EMPTY, config) + ",\"layers\":[]" + more + "}")
                .getBytes(UTF_8);
    }

    private Answer putManifest(String reference, byte[] manifest) throws IOException, InterruptedException {
        return server.http().put("/v2/killed/push/manifests/" + reference, manifest, "Content-Type", MANIFEST);
    }

    private void push(byte[] blob) throws IOException, InterruptedException {
        Answer pushed = server.http().post("/v2/killed/push/blobs/uploads/?digest=" + Bytes.digest(blob), blob);
        assertThat(pushed.status()).isEqualTo(201);
    }

    private String begin() throws IOException, InterruptedException {
        return server.http().post("/v2/killed/push/blobs/uploads/", new byte[0]).header("Location");
    }

    /** Sends some chunks, though not the whole blob, and returns how many bytes were acknowledged. */
    private int pushChunks(Random random, String location, byte[] blob) throws IOException, InterruptedException {
        int sent = 0;
        for (int chunks = random.nextInt(1, 4); chunks > 0; chunks--) {
            int end = sent + random.nextInt(1, (blob.length - sent) / 2);
            Answer answer = patch(location, blob, sent, end);
            assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
            sent = end;
        }
        return sent;
    }

    private Answer patch(String location, byte[] blob, int start, int end) throws IOException, InterruptedException {
        return server.http()
                .patch(location, Arrays.copyOfRange(blob, start, end), "Content-Range", start + "-" + (end - 1));
    }

    private void finish(String what, String location, byte[] blob, int stored) throws Exception {
        String digest = Bytes.digest(blob);
        assertThat(patch(location, blob, stored, blob.length).status()).as(what).isEqualTo(202);
        Answer finished = server.http().put(location + "?digest=" + digest, new byte[0]);
        assertThat(finished.status()).as(what + ": " + finished).isEqualTo(201);
        Bytes.assertSame(
                what, server.http().get("/v2/killed/push/blobs/" + digest).body(), blob);
    }

    private static int stored(Answer progress) {
        assertThat(progress.status()).isEqualTo(204);
        return Integer.parseInt(progress.header("Range").substring("0-".length())) + 1;
    }
}
