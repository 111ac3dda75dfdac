package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The layers of an image's faces, which are made of its packs, as the blobs that they are to clients. */
class FaceBlobsTest extends RegistryTest {
    private static final byte[] DISK = disk();

    private String blob;
    private String digest;
    private byte[] content;

    /** 3 MiB, of which the middle one is a hole. */
    private static byte[] disk() {
        byte[] disk = bytes(3 << 20);
        Arrays.fill(disk, 1 << 20, 2 << 20, (byte) 0);
        return disk;
    }

    @BeforeEach
    void importImage() throws IOException {
        server.importDisk(repository + ":12", DISK);
        JsonNode index = json(server.get("/v2/" + repository + "/manifests/12"));
        assertThat(index.path("manifests")).hasSize(3);
        String containerDisk = index.path("manifests").get(2).path("digest").asText();
        JsonNode manifest = json(server.get("/v2/" + repository + "/manifests/" + containerDisk));
        digest = manifest.path("layers").get(0).path("digest").asText();
        blob = "/v2/" + repository + "/blobs/" + digest;
        content = server.get(blob).body();
        assertThat(content).hasSize(manifest.path("layers").get(0).path("size").asInt());
    }

    @Test
    void a_layer_has_its_digest_and_the_headers_of_a_blob() throws IOException {
        HttpResponse<byte[]> reply = server.get(blob);

        assertThat(Digest.sha256(reply.body())).hasToString(digest);
        assertThat(header(reply, "Content-Length")).isEqualTo(Integer.toString(content.length));
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest);
        assertThat(header(reply, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(server.get(blob, "If-None-Match", header(reply, "ETag")).statusCode())
                .isEqualTo(304);
    }

    @Test
    void random_ranges_of_a_layer_are_right() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(content.length);
            int to = from + random.nextInt(Math.min(200_000, content.length - from));
            HttpResponse<byte[]> reply = server.get(blob, "Range", "bytes=" + from + "-" + to);

            assertThat(reply.statusCode()).isEqualTo(206);
            assertThat(header(reply, "Content-Range")).isEqualTo("bytes " + from + "-" + to + "/" + content.length);
            assertThat(reply.body())
                    .as("seed %s, bytes %s-%s", seed, from, to)
                    .isEqualTo(Arrays.copyOfRange(content, from, to + 1));
        }
    }

    @Test
    void a_range_beyond_a_layer_is_refused() throws IOException {
        assertThat(server.get(blob, "Range", "bytes=" + content.length + "-").statusCode())
                .isEqualTo(416);
    }
}
