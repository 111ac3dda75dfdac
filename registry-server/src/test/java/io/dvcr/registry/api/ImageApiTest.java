package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.registry.RawClient;
import io.dvcr.registry.RawClient.RawReply;
import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /api/v1/images}. */
class ImageApiTest extends RegistryTest {
    private static final byte[] DISK = disk();

    private String image;
    private String digest;

    /** 3 MiB, of which the middle one is a hole. */
    private static byte[] disk() {
        byte[] disk = bytes(3 << 20);
        Arrays.fill(disk, 1 << 20, 2 << 20, (byte) 0);
        return disk;
    }

    @BeforeEach
    void importImage() throws IOException {
        image = "/api/v1/images/" + repository + "/12";
        digest = server.importDisk(repository + ":12", DISK)
                .path("image")
                .path("digest")
                .asText();
    }

    @Test
    void an_image_is_described_by_tag_and_by_digest() throws IOException {
        HttpResponse<byte[]> reply = server.get(image);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(json(reply).path("digest").asText()).isEqualTo(digest);
        assertThat(json(reply).path("usedSize").asLong()).isEqualTo(2 << 20);

        JsonNode byDigest = json(server.get("/api/v1/images/" + repository + "/" + digest));
        assertThat(byDigest.has("tag")).isFalse();
        assertThat(byDigest.path("digest").asText()).isEqualTo(digest);
    }

    @Test
    void an_image_says_what_it_brought_and_which_others_have_its_packs() throws IOException {
        byte[] own = new byte[2 << 20]; // packs of no other test
        new Random(99).nextBytes(own);
        byte[] rebuilt = Arrays.copyOf(own, own.length + 100_000);
        Arrays.fill(rebuilt, own.length, rebuilt.length, (byte) 7);
        server.importDisk(repository + ":old", own);
        server.importDisk(repository + ":new", rebuilt);

        String old = "/api/v1/images/" + repository + "/old";
        JsonNode first = json(server.get(old + "?sharing=true"));
        JsonNode second = json(server.get("/api/v1/images/" + repository + "/new?sharing=true"));

        assertThat(first.path("newlyStored").asLong())
                .isEqualTo(first.path("storedSize").asLong());
        assertThat(second.path("newlyStored").asLong()).isLessThan(300_000);
        assertThat(first.path("sharedWith")).hasSize(1);
        JsonNode shared = first.path("sharedWith").path(0);
        assertThat(shared.path("repository").asText()).isEqualTo(repository);
        assertThat(shared.path("tag").asText()).isEqualTo("new");
        assertThat(shared.path("sharedBytes").asLong()).isGreaterThan(2 << 20);
        assertThat(second.path("sharedWith").path(0).path("tag").asText()).isEqualTo("old");
        assertThat(json(server.get(old)).has("sharedWith")).isFalse();
    }

    @Test
    void the_list_has_the_image_and_no_other_artifact() throws IOException {
        server.pushManifest(repository, "container", "x");
        server.putIndex(
                repository,
                "liar",
                "{\"schemaVersion\":2,\"manifests\":[],\"artifactType\":\"%s\"}".formatted(DiskManifest.ARTIFACT_TYPE));
        JsonNode images = json(server.get("/api/v1/images")).path("images");
        long ours = images.findValuesAsText("repository").stream()
                .filter(repository::equals)
                .count();
        assertThat(ours).isEqualTo(1);
        assertProblem(server.get("/api/v1/images/" + repository + "/container"), 404, "is not in repository");
        assertProblem(server.get("/api/v1/images/" + repository + "/liar"), 404, "is not in repository");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/disk", "/disk?format=raw"})
    void the_disk_is_downloaded_raw(String path) throws IOException {
        HttpResponse<byte[]> reply = server.get(image + path);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(DISK);
        assertThat(header(reply, "Content-Length")).isEqualTo("" + DISK.length);
        assertThat(header(reply, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(header(reply, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest);
    }

    @Test
    void random_ranges_of_the_disk_are_right() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(DISK.length);
            int to = from + random.nextInt(Math.min(200_000, DISK.length - from));
            HttpResponse<byte[]> reply = server.get(image + "/disk", "Range", "bytes=" + from + "-" + to);
            assertThat(reply.statusCode()).isEqualTo(206);
            assertThat(header(reply, "Content-Range")).isEqualTo("bytes " + from + "-" + to + "/" + DISK.length);
            assertThat(reply.body())
                    .as("seed %s, bytes %s-%s", seed, from, to)
                    .isEqualTo(Arrays.copyOfRange(DISK, from, to + 1));
        }
    }

    @Test
    void a_download_goes_on_only_in_the_same_image() throws IOException {
        String etag = header(server.get(image + "/disk"), "ETag");
        assertThat(etag).matches("\".+\"");
        HttpResponse<byte[]> same = server.get(image + "/disk", "Range", "bytes=100-", "If-Range", etag);
        assertThat(same.statusCode()).isEqualTo(206);
        assertThat(same.body()).hasSize(DISK.length - 100);

        byte[] newer = bytes(1 << 20);
        server.importDisk(repository + ":12", newer);
        HttpResponse<byte[]> changed = server.get(image + "/disk", "Range", "bytes=100-", "If-Range", etag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo(newer);
    }

    @Test
    void a_range_behind_the_end_of_the_disk_is_a_problem() throws IOException {
        HttpResponse<byte[]> reply = server.get(image + "/disk", "Range", "bytes=" + DISK.length + "-");
        assertProblem(reply, 416, "outside");
        assertThat(header(reply, "Content-Range")).isEqualTo("bytes */" + DISK.length);
    }

    @Test
    void the_head_of_a_disk_has_its_length() throws IOException {
        try (RawClient client = new RawClient(server)) {
            RawReply reply = client.head("HEAD " + image + "/disk HTTP/1.1").replyToHead();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Content-Length")).isEqualTo("" + DISK.length);
            assertThat(reply.header("ETag")).startsWith("\"");
            assertThat(client.head("GET /healthz HTTP/1.1").reply().body()).isEqualTo("ok\n");
        }
    }

    @Test
    void an_unknown_format_is_refused_with_those_there_are() throws IOException {
        assertProblem(server.get(image + "/disk?format=vmd"), 400, "vhd or vhdx, not \"vmd\"");
        assertProblem(server.get(image + "/disk?format="), 400, "format must be raw, iso, qcow2");
        assertProblem(server.get(image + "/disk?format=iso"), 400, "no optical disc");
    }

    @Test
    void the_disk_of_no_image_is_not_there() throws IOException {
        assertProblem(server.get("/api/v1/images/" + repository + "/13/disk"), 404, "manifest 13 is not in repository");
    }

    @Test
    void an_image_is_removed_name_by_name() throws IOException {
        server.importDisk(repository + ":13", DISK);
        assertThat(server.send("DELETE", image).statusCode()).isEqualTo(204);
        assertProblem(server.get(image), 404, "is not in repository");
        assertThat(server.get("/api/v1/images/" + repository + "/13").statusCode())
                .isEqualTo(200);
        assertProblem(server.send("DELETE", image), 404, "is not in repository");
    }

    @Test
    void the_disk_of_an_image_is_not_removed_from_under_it() throws IOException {
        JsonNode faces = json(server.get("/v2/" + repository + "/manifests/12")).path("manifests");
        String disk = faces.path(0).path("digest").asText();
        assertProblem(server.send("DELETE", "/api/v1/images/" + repository + "/" + disk), 409, "(tag 12)");
        assertThat(server.get(image + "/disk").body()).isEqualTo(DISK);
    }

    @Test
    void an_imported_image_is_pulled_by_any_client_of_the_registry() throws IOException {
        HttpResponse<byte[]> manifest = server.get("/v2/" + repository + "/manifests/12");
        assertThat(header(manifest, "Docker-Content-Digest")).isEqualTo(digest);
        JsonNode index = json(manifest);
        List<String> types = new ArrayList<>();
        for (JsonNode listed : index.path("manifests")) {
            JsonNode face = json(server.get(
                    "/v2/" + repository + "/manifests/" + listed.path("digest").asText()));
            types.add(face.path("artifactType").asText());
            assertBlobsAreSound(face);
        }
        assertThat(types)
                .containsExactly("application/vnd.dvcr.disk.v1", "application/vnd.kubevirt.virtualmachine.v1", "");
    }

    private void assertBlobsAreSound(JsonNode manifest) throws IOException {
        for (JsonNode layer : manifest.path("layers")) {
            String blob = layer.path("digest").asText();
            byte[] content = server.get("/v2/" + repository + "/blobs/" + blob).body();
            assertThat(Digest.sha256(content)).hasToString(blob);
            assertThat(content).hasSize(layer.path("size").asInt());
        }
    }
}
