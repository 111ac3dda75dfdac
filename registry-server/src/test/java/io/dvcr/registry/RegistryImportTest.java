package io.dvcr.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.storage.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that one registry imports from another. */
class RegistryImportTest extends RegistryTest {
    private static final byte[] DISK = disk();
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";
    private static final String IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String GZIP_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    private TestServer other;

    @BeforeAll
    void startOther(@TempDir Path directory) throws IOException {
        Path nowhere = Path.of("/no/such/qemu");
        other = TestServer.start(directory, new QemuTools(nowhere, new Account.Own()));
    }

    @AfterAll
    void stopOther() throws IOException {
        other.close();
    }

    private static byte[] disk() {
        byte[] disk = bytes(5 << 20);
        Arrays.fill(disk, 1 << 20, 3 << 20, (byte) 0);
        return disk;
    }

    private JsonNode importFrom(String image, String target) throws IOException {
        return importFrom(image, target, "");
    }

    /** @param more fields of the source */
    private JsonNode importFrom(String image, String target, String more) throws IOException {
        String request = "{\"target\":\"%s\",\"source\":{\"registry\":{\"image\":\"127.0.0.1:%d/%s\"%s}}}"
                .formatted(target, other.address().getPort(), image, more);
        HttpResponse<byte[]> reply = server.send("POST", "/api/v1/imports", request.getBytes(UTF_8));
        assertThat(reply.statusCode()).as(TestServer.text(reply)).isEqualTo(202);
        return server.awaitImport(TestServer.header(reply, "Location"));
    }

    private void assertImported(JsonNode job, String tag) throws IOException {
        assertThat(job.path("phase").asText()).as(job.toString()).isEqualTo("Succeeded");
        assertThat(server.get("/api/v1/images/" + repository + "/" + tag + "/disk")
                        .body())
                .isEqualTo(DISK);
    }

    private static void assertFailed(JsonNode job, String code, String message) {
        assertThat(job.path("error").path("code").asText()).as(job.toString()).isEqualTo(code);
        assertThat(job.path("error").path("message").asText()).contains(message);
    }

    private JsonNode diskManifest(TestServer registry, String tag) throws IOException {
        JsonNode faces = TestServer.json(registry.get("/v2/" + repository + "/manifests/" + tag));
        String digest = faces.path("manifests").path(0).path("digest").asText();
        return TestServer.json(registry.get("/v2/" + repository + "/manifests/" + digest));
    }

    /** A manifest of {@code layer} with {@code config}. */
    private Digest push(String tag, String configType, String layerType, byte[] layer) throws IOException {
        byte[] config = "{}".getBytes(UTF_8);
        String manifest = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                 "config":{"mediaType":"%s","digest":"%s","size":2},
                 "layers":[{"mediaType":"%s","digest":"%s","size":%d}]}
                """.formatted(
                        configType,
                        other.pushBlob(repository, config),
                        layerType,
                        other.pushBlob(repository, layer),
                        layer.length);
        HttpResponse<byte[]> reply = other.putManifest(repository, tag, manifest);
        assertThat(reply.statusCode()).as(TestServer.text(reply)).isEqualTo(201);
        return Digest.sha256(manifest.getBytes(UTF_8));
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(content);
        }
        return compressed.toByteArray();
    }

    /** A tar with one file. */
    private static byte[] tar(String name, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 124, "%011o".formatted(content.length));
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        put(header, 148, "        ");
        int sum = 0;
        for (byte one : header) {
            sum += one & 0xff;
        }
        put(header, 148, "%06o".formatted(sum));
        header[154] = 0;
        byte[] tar = new byte[512 + (content.length + 511) / 512 * 512 + 1024];
        System.arraycopy(header, 0, tar, 0, 512);
        System.arraycopy(content, 0, tar, 512, content.length);
        return tar;
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] chars = text.getBytes(UTF_8);
        System.arraycopy(chars, 0, header, offset, chars.length);
    }

    @Test
    void a_disk_artifact_is_copied_as_it_is() throws IOException {
        other.importDisk(repository + ":12", DISK);
        JsonNode job = importFrom(repository + ":12", repository + ":copy");
        assertImported(job, "copy");
        assertThat(diskManifest(server, "copy").path("layers"))
                .isEqualTo(diskManifest(other, "12").path("layers"));
        JsonNode faces = TestServer.json(server.get("/v2/" + repository + "/manifests/copy"))
                .path("manifests");
        assertThat(faces.size()).isEqualTo(3);
        JsonNode kubevirt = TestServer.json(server.get("/v2/" + repository + "/manifests/"
                + faces.path(1).path("digest").asText()));
        String layer = kubevirt.path("layers").path(0).path("digest").asText();
        byte[] raw = server.get("/v2/" + repository + "/blobs/" + layer).body();
        assertThat(Digest.sha256(raw)).hasToString(layer);
    }

    @Test
    void packs_that_the_repository_has_do_not_travel() throws IOException {
        other.importDisk(repository + ":12", DISK);
        byte[] changed = DISK.clone();
        Arrays.fill(changed, 0, 4096, (byte) 7);
        other.importDisk(repository + ":13", changed);
        long all = importFrom(repository + ":12", repository + ":12")
                .path("progress")
                .path("bytesReceived")
                .asLong();
        JsonNode second = importFrom(repository + ":13", repository + ":13");
        assertThat(all).isGreaterThan(3 << 20);
        assertThat(second.path("phase").asText()).as(second.toString()).isEqualTo("Succeeded");
        assertThat(second.path("progress").path("bytesReceived").asLong()).isLessThan(1 << 20);
        assertThat(second.path("image").path("newlyStored").asLong())
                .isEqualTo(second.path("progress").path("bytesReceived").asLong());
        assertThat(server.get("/api/v1/images/" + repository + "/13/disk").body())
                .isEqualTo(changed);
    }

    @Test
    void a_disk_artifact_whose_packs_are_not_what_its_index_says_is_refused() throws IOException {
        other.importDisk(repository + ":12", DISK);
        JsonNode layers = diskManifest(other, "12").path("layers");
        byte[] index = blob(layers.path(0));
        byte[] pack = blob(layers.path(1));
        pack[pack.length / 2]++;
        System.arraycopy(HexFormat.of().parseHex(Digest.sha256(pack).hex()), 0, index, 40, 32);
        pushDisk("forged", index, pack);
        assertFailed(importFrom(repository + ":forged", repository + ":12"), "DISK_MALFORMED", "is damaged");

        index[index.length - 1]++;
        pushDisk("broken", index, pack);
        assertFailed(importFrom(repository + ":broken", repository + ":12"), "DISK_MALFORMED", "disk artifact");
        assertThat(server.get("/api/v1/images/" + repository + "/12").statusCode())
                .isEqualTo(404);
    }

    private byte[] blob(JsonNode descriptor) throws IOException {
        return other.get("/v2/" + repository + "/blobs/"
                        + descriptor.path("digest").asText())
                .body();
    }

    private void pushDisk(String tag, byte[] index, byte[] pack) throws IOException {
        JsonNode config = diskManifest(other, "12").path("config");
        String manifest = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                 "artifactType":"application/vnd.dvcr.disk.v1","config":%s,
                 "layers":[{"mediaType":"application/vnd.dvcr.disk.index.v1","digest":"%s","size":%d},
                           {"mediaType":"application/vnd.dvcr.disk.pack.v1","digest":"%s","size":%d}]}
                """.formatted(
                config, other.pushBlob(repository, index), index.length, other.pushBlob(repository, pack), pack.length);
        assertThat(other.putManifest(repository, tag, manifest).statusCode()).isEqualTo(201);
    }

    @Test
    void a_container_disk_is_unpacked() throws IOException {
        Digest digest = push("1", IMAGE_CONFIG, GZIP_LAYER, gzip(tar("disk/disk.img", DISK)));
        JsonNode job = importFrom(repository + ":1", repository + ":1");
        assertImported(job, "1");
        assertThat(job.path("progress").path("bytesTotal").asLong()).isEqualTo(DISK.length);
        assertImported(importFrom(repository + "@" + digest, repository + ":2"), "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/vnd.kubevirt.disk.raw", "application/vnd.example.disk.image", "a/b"})
    void the_one_layer_of_an_artifact_is_the_disk(String mediaType) throws IOException {
        push("1", EMPTY, mediaType, DISK);
        push("2", EMPTY, mediaType, gzip(DISK));
        assertImported(importFrom(repository + ":1", repository + ":1"), "1");
        assertImported(importFrom(repository + ":2", repository + ":2"), "2");
    }

    @Test
    void of_an_image_for_several_architectures_one_is_taken() throws IOException {
        List<String> listed = new ArrayList<>();
        for (String architecture : List.of("amd64", "arm64")) {
            byte[] content = architecture.equals("arm64") ? DISK : bytes(1 << 20);
            Digest digest = push(architecture, IMAGE_CONFIG, GZIP_LAYER, gzip(tar("disk/disk.img", content)));
            int size = other.get("/v2/" + repository + "/manifests/" + digest).body().length;
            listed.add("""
                    {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%d,
                     "platform":{"os":"linux","architecture":"%s"}}
                    """.formatted(digest, size, architecture));
        }
        String index = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":["
                + String.join(",", listed) + "]}";
        assertThat(other.putIndex(repository, "all", index).statusCode()).isEqualTo(201);

        assertImported(importFrom(repository + ":all", repository + ":1", ",\"architecture\":\"arm64\""), "1");
        JsonNode standard = importFrom(repository + ":all", repository + ":2");
        assertThat(standard.path("image").path("virtualSize").asLong()).isEqualTo(1 << 20);
        assertFailed(
                importFrom(repository + ":all", repository + ":3", ",\"architecture\":\"riscv64\""),
                "SOURCE_NO_DISK",
                "it lists none for linux/riscv64");
    }

    @Test
    void what_is_no_disk_is_said_to_be_none() throws IOException {
        push("files", IMAGE_CONFIG, GZIP_LAYER, gzip(tar("etc/passwd", new byte[10])));
        assertFailed(
                importFrom(repository + ":files", repository + ":1"), "SOURCE_NO_DISK", "without a file below /disk");
        assertFailed(
                importFrom(repository + ":nothing", repository + ":1"),
                "SOURCE_REGISTRY",
                "manifest nothing is not in repository " + repository);
        String request = "{\"target\":\"a:1\",\"source\":{\"registry\":{\"image\":\"ftp://x\"}}}";
        TestServer.assertProblem(
                server.send("POST", "/api/v1/imports", request.getBytes(UTF_8)),
                400,
                "source.registry: image must be such as");
    }
}
