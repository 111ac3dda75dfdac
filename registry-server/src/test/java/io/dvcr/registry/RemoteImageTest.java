package io.dvcr.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RemoteImage;
import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.Guard;
import io.dvcr.registry.http.HttpServer;
import io.dvcr.registry.http.Method;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.RequestObserver;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images fetched over HTTP, from this registry and from ones that lie. */
class RemoteImageTest extends RegistryTest {
    private static final byte[] DISK = disk();

    private static byte[] disk() {
        byte[] disk = bytes(5 << 20);
        Arrays.fill(disk, 1 << 20, 3 << 20, (byte) 0);
        return disk;
    }

    private RemoteImage find(String tag) throws IOException {
        return RemoteImage.find(new RegistryClient(server.url("")), ImageReference.parse(repository + ":" + tag));
    }

    @Test
    void an_image_is_described_and_read_anywhere() throws IOException {
        String digest = server.importDisk(repository + ":12", DISK)
                .path("image")
                .path("digest")
                .asText();
        RemoteImage image = find("12");
        assertThat(image.digest()).hasToString(digest);
        assertThat(image.config().virtualSize()).isEqualTo(DISK.length);
        assertThat(image.config().usedSize()).isEqualTo(3 << 20);
        try (var disk = image.open()) {
            ByteBuffer part = ByteBuffer.allocate(100_000);
            disk.read((1 << 20) - 50_000, part);
            assertThat(part.array()).isEqualTo(Arrays.copyOfRange(DISK, (1 << 20) - 50_000, (1 << 20) + 50_000));
        }
        ImageReference exact = ImageReference.parse(repository + "@" + digest);
        assertThat(RemoteImage.find(new RegistryClient(server.url("")), exact).digest())
                .hasToString(digest);
    }

    @Test
    void a_download_is_the_disk_and_tells_how_far_it_is(@TempDir Path directory) throws IOException {
        server.importDisk(repository + ":12", DISK);
        Path file = directory.resolve("disk.img");
        List<Long> written = new ArrayList<>();
        find("12").download(file, written::add);

        assertThat(Files.readAllBytes(file)).isEqualTo(DISK);
        assertThat(written).isSorted().endsWith(3L << 20);
        assertThatThrownBy(() -> find("12").download(file, _ -> {})).isInstanceOf(IOException.class);
    }

    @Test
    void what_is_not_there_or_not_a_disk_is_said_so() throws IOException {
        assertThatThrownBy(() -> find("12"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("manifest 12 is not in repository " + repository);
        server.pushManifest(repository, "12", "x");
        assertThatThrownBy(() -> find("12"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(repository + ":12 is not a disk image");
    }

    @Test
    void a_registry_that_does_not_answer_is_named() {
        RegistryClient nowhere = new RegistryClient(URI.create("http://127.0.0.1:1"));
        assertThatThrownBy(() -> RemoteImage.find(nowhere, ImageReference.parse("a:1")))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot connect to http://127.0.0.1:1");
    }

    @Test
    void a_manifest_other_than_the_digest_names_is_not_taken() throws IOException {
        ImageReference wanted = ImageReference.parse("a@" + Digest.sha256("wanted".getBytes(UTF_8)));
        Route lie = Route.of(
                Method.GET, "/v2/a/manifests/.*", Access.open(), _ -> Reply.text(200, "{\"schemaVersion\":2}"));
        assertLie(wanted, "the registry answered sha256:", lie);
    }

    @Test
    void a_manifest_without_end_is_not_taken() throws IOException {
        Route endless = Route.of(
                Method.GET,
                "/v2/a/manifests/.*",
                Access.open(),
                _ -> Reply.of(200, new Reply.Body.Stream(1L << 40, target -> {
                    while (true) {
                        target.write(new byte[1 << 16]);
                    }
                })));
        assertLie(ImageReference.parse("a:1"), "is larger than 4194304 bytes", endless);
    }

    @Test
    void a_status_that_is_not_understood_is_told() throws IOException {
        Route teapot = Route.of(Method.GET, "/v2/a/manifests/.*", Access.open(), _ -> Reply.text(418, "tea"));
        assertLie(ImageReference.parse("a:1"), " answered 418 for a:1", teapot);
    }

    @Test
    void a_config_other_than_the_manifest_names_is_not_taken() throws IOException {
        server.importDisk(repository + ":12", DISK);
        String manifests = "/v2/" + repository + "/manifests/";
        JsonNode faces = TestServer.json(server.get(manifests + "12")).path("manifests");
        byte[] manifest =
                server.get(manifests + faces.path(0).path("digest").asText()).body();
        Route truth = Route.of(
                Method.GET,
                "/v2/a/manifests/.*",
                Access.open(),
                _ -> Reply.of(200, new Reply.Body.Bytes(manifest))
                        .with("Content-Type", "application/vnd.oci.image.manifest.v1+json"));
        Route lie = Route.of(Method.GET, "/v2/a/blobs/.*", Access.open(), _ -> Reply.text(206, "{}"));
        assertLie(ImageReference.parse("a:1"), " arrived as sha256:", truth, lie);
    }

    private static void assertLie(ImageReference wanted, String message, Route... routes) throws IOException {
        try (HttpServer liar =
                HttpServer.start(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), RequestObserver.NONE)) {
            liar.route(Guard.NONE, List.of(routes));
            RegistryClient client = new RegistryClient(
                    URI.create("http://127.0.0.1:" + liar.address().getPort()));
            assertThatThrownBy(() -> RemoteImage.find(client, wanted))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(message);
        }
    }
}
