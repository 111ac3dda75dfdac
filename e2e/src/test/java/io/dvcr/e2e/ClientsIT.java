package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ordinary artifacts and container images, pushed and pulled by the clients that people use. */
@EndToEnd
@Timeout(60)
class ClientsIT {
    private static DvcrServer server;

    @BeforeAll
    static void start() throws Exception {
        server = DvcrServer.registry();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void oras_pulls_the_bytes_that_it_pushed_with_their_annotations(@TempDir Path directory) throws Exception {
        byte[] content = Bytes.random(new Random(1), 3_000_001);
        Files.write(directory.resolve("disk.bin"), content);
        String name = server.address() + "/files/disk:1";

        oras("push", "--plain-http", "--annotation", "org.example.owner=us", name)
                .and("disk.bin:application/octet-stream")
                .in(directory)
                .run()
                .succeeded();
        oras("pull", "--plain-http", "-o", directory.resolve("pulled"), name)
                .run()
                .succeeded();
        String manifest = stdout(oras("manifest", "fetch", "--plain-http", name));

        Bytes.assertSame("the file", Files.readAllBytes(directory.resolve("pulled/disk.bin")), content);
        assertThat(manifest).contains("\"org.example.owner\":\"us\"");
    }

    @Test
    void what_is_attached_is_discovered_by_its_subject(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("file"), "content");
        Files.writeString(directory.resolve("sbom.json"), "{}");
        String name = server.address() + "/files/attached:1";
        oras("push", "--plain-http", name, "file:text/plain")
                .in(directory)
                .run()
                .succeeded();
        String subject = stdout(oras("resolve", "--plain-http", name)).strip();

        for (String type : List.of("application/vnd.example.sbom", "application/vnd.example.signature")) {
            oras("attach", "--plain-http", "--artifact-type", type, name, "sbom.json:application/json")
                    .in(directory)
                    .run()
                    .succeeded();
        }

        String discovered = stdout(oras("discover", "--plain-http", "--format", "json", name));
        assertThat(discovered).contains("application/vnd.example.sbom", "application/vnd.example.signature");
        Answer filtered = server.http()
                .get("/v2/files/attached/referrers/" + subject + "?artifactType=application/vnd.example.sbom");
        assertThat(filtered.header("Content-Type")).isEqualTo("application/vnd.oci.image.index.v1+json");
        assertThat(filtered.header("OCI-Filters-Applied")).isEqualTo("artifactType");
        assertThat(filtered.json().path("manifests")).hasSize(1);
        assertThat(filtered.json()
                        .path("manifests")
                        .path(0)
                        .path("artifactType")
                        .asText())
                .isEqualTo("application/vnd.example.sbom");
        assertThat(server.http()
                        .get("/v2/files/attached/referrers/" + Bytes.digest(new byte[0]))
                        .json()
                        .path("manifests"))
                .isEmpty();
    }

    @Test
    void skopeo_gets_back_what_it_pushed_digest_by_digest(@TempDir Path directory) throws Exception {
        OciLayout image = OciLayout.create(directory.resolve("image"), "hello from skopeo");
        String name = "docker://" + server.address() + "/images/skopeo:1";

        skopeo("copy", "--preserve-digests", "--dest-tls-verify=false", image.skopeoName(), name)
                .run()
                .succeeded();
        skopeo("copy", "--preserve-digests", "--src-tls-verify=false", name, "oci:" + directory.resolve("back"))
                .run()
                .succeeded();

        assertThat(OciLayout.blobs(directory.resolve("back"))).isEqualTo(OciLayout.blobs(directory.resolve("image")));
        skopeo("delete", "--tls-verify=false", name).run().succeeded();
        assertThat(skopeo("inspect", "--tls-verify=false", name).run().exitCode())
                .isNotZero();
    }

    @Test
    void podman_pulls_and_pushes_an_image(@TempDir Path directory) throws Exception {
        OciLayout image = OciLayout.create(directory.resolve("image"), "hello from podman");
        String name = server.address() + "/images/podman:1";
        String pushed = server.address() + "/images/podman-pushed:1";
        skopeo("copy", "--dest-tls-verify=false", image.skopeoName(), "docker://" + name)
                .run()
                .succeeded();
        Path storage = DirectoryTree.temporary();
        try {
            Command podman = Command.of("podman", "--root", storage.resolve("root"), "--storage-driver=vfs")
                    .and("--runroot", storage.resolve("run"), "--tmpdir", storage.resolve("tmp"));
            podman.and("pull", "--tls-verify=false", name).run().succeeded();
            podman.and("push", "--tls-verify=false", name, pushed).run().succeeded();
            podman.and("rmi", "--all", "--force").run().succeeded();
            podman.and("pull", "--tls-verify=false", pushed).run().succeeded();
            String mounted = stdout(podman.and("image", "mount", pushed)).strip();
            assertThat(Path.of(mounted, "hello")).hasContent("hello from podman");
            podman.and("image", "umount", "--all").run().succeeded();
        } finally {
            DirectoryTree.delete(storage);
        }

        assertThat(configDigest(pushed)).isEqualTo(configDigest(name));
    }

    @Test
    void tags_are_listed_page_by_page_and_deleted_one_by_one(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("file"), "content");
        String name = server.address() + "/files/tagged";
        oras("push", "--plain-http", name + ":b,e,a,d,c", "file:text/plain")
                .in(directory)
                .run()
                .succeeded();

        assertThat(stdout(oras("repo", "tags", "--plain-http", name)).lines()).containsExactly("a", "b", "c", "d", "e");
        assertThat(pages("/v2/files/tagged/tags/list?n=2"))
                .containsExactly("[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"e\"]");
        Answer last = server.http().get("/v2/files/tagged/tags/list?n=10&last=c");
        assertThat(last.json().path("tags").toString()).isEqualTo("[\"d\",\"e\"]");
        assertThat(last.has("Link")).isFalse();

        assertThat(server.http().delete("/v2/files/tagged/manifests/b").status())
                .isEqualTo(202);
        assertThat(stdout(oras("repo", "tags", "--plain-http", name)).lines()).containsExactly("a", "c", "d", "e");
        oras("manifest", "delete", "--plain-http", "--force", name + ":a").run().succeeded();
        assertThat(server.http().get("/v2/files/tagged/tags/list").json().path("tags"))
                .as("tags of a manifest that was deleted by its digest")
                .isEmpty();
    }

    @Test
    void repositories_are_listed(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("file"), "content");
        for (String repository : List.of("listed/one", "listed/one/two", "listed")) {
            oras("push", "--plain-http", server.address() + "/" + repository + ":1", "file:text/plain")
                    .in(directory)
                    .run()
                    .succeeded();
        }

        assertThat(stdout(oras("repo", "ls", "--plain-http", server.address())).lines())
                .contains("listed", "listed/one", "listed/one/two");
    }

    @Test
    void a_deleted_blob_is_gone_from_its_repository_only() throws Exception {
        byte[] content = "a blob in two repositories".getBytes(UTF_8);
        String digest = Bytes.digest(content);
        for (String repository : List.of("blobs/one", "blobs/two")) {
            Answer pushed = server.http().post("/v2/" + repository + "/blobs/uploads/?digest=" + digest, content);
            assertThat(pushed.status()).isEqualTo(201);
        }

        assertThat(server.http().delete("/v2/blobs/one/blobs/" + digest).status())
                .isEqualTo(202);

        assertThat(server.http().get("/v2/blobs/one/blobs/" + digest).status()).isEqualTo(404);
        Bytes.assertSame(
                "the blob", server.http().get("/v2/blobs/two/blobs/" + digest).body(), content);
    }

    /** The {@code tags} of each page, following {@code Link} to the end. */
    private static List<String> pages(String first) throws IOException, InterruptedException {
        List<String> pages = new ArrayList<>();
        String next = first;
        while (!next.isEmpty()) {
            Answer page = server.http().get(next);
            JsonNode tags = page.json().path("tags");
            pages.add(tags.toString());
            next = page.has("Link") ? page.header("Link").replaceFirst("^<(.*)>; *rel=\"next\"$", "$1") : "";
        }
        return pages;
    }

    private static String configDigest(String name) throws IOException, InterruptedException {
        String raw = stdout(skopeo("inspect", "--raw", "--tls-verify=false", "docker://" + name));
        return raw.replaceFirst("(?s).*?\"config\"\\s*:\\s*\\{[^}]*\"digest\"\\s*:\\s*\"([^\"]*)\".*", "$1");
    }

    private static String stdout(Command command) throws IOException, InterruptedException {
        return command.run().succeeded().stdout();
    }

    private static Command oras(Object... words) {
        return Command.of(Given.oras()).and(words);
    }

    private static Command skopeo(Object... words) {
        return Command.of("skopeo", "--insecure-policy").and(words);
    }
}
