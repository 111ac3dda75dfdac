package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static io.dvcr.registry.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Tests of uploads over real HTTP: one server a class, and a target of its own for each test. */
@TestInstance(Lifecycle.PER_CLASS)
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class UploadTest {
    static final int MAX_BYTES = 4 << 20;
    static final String SITE = "https://console.example";
    static final String[] PATCH = {"Tus-Resumable", "1.0.0", "Content-Type", "application/offset+octet-stream"};

    private int targets;
    private Path directory;
    TestServer server;
    String target;

    @BeforeAll
    void startServer(@TempDir Path temporary) throws IOException {
        directory = temporary;
        server = TestServer.start(
                temporary,
                TestServer.Setup.PLAIN.with(new ImageUploadSettings(Duration.ofHours(1), Set.of(SITE)), MAX_BYTES));
    }

    @AfterAll
    void stopServer() throws IOException {
        server.close();
    }

    @BeforeEach
    void takeTarget() {
        targets++;
        target = "vms/t" + targets + ":1";
    }

    /** A raw disk. */
    static byte[] disk(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        bytes[0] = 1; // no format begins so
        return bytes;
    }

    /** The path of a new upload, asked for by plain HTTP; {@code more} is JSON of fields. */
    String begin(String more) throws IOException {
        HttpResponse<byte[]> reply = request(more);
        assertThat(reply.statusCode()).as(text(reply)).isEqualTo(201);
        return header(reply, "Location");
    }

    HttpResponse<byte[]> request(String more) throws IOException {
        return server.send("POST", "/api/v1/uploads", ("{\"target\":\"" + target + "\"" + more + "}").getBytes(UTF_8));
    }

    /** The path of a new upload, asked for by tus. */
    String beginTus(long length) throws IOException {
        HttpResponse<byte[]> reply = server.send(
                "POST",
                "/api/v1/uploads",
                "Tus-Resumable",
                "1.0.0",
                "Upload-Length",
                Long.toString(length),
                "Upload-Metadata",
                "target " + base64(target.getBytes(UTF_8)));
        assertThat(reply.statusCode()).as(text(reply)).isEqualTo(201);
        return header(reply, "Location");
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    HttpResponse<byte[]> patch(String path, long offset, byte[] part, String... more) throws IOException {
        List<String> headers = new ArrayList<>(List.of(PATCH));
        headers.addAll(List.of("Upload-Offset", Long.toString(offset)));
        headers.addAll(List.of(more));
        return server.send("PATCH", path, part, headers.toArray(String[]::new));
    }

    HttpResponse<byte[]> head(String path) throws IOException {
        return server.send("HEAD", path, "Tus-Resumable", "1.0.0");
    }

    /** The upload's import, once it has ended. */
    JsonNode awaitImport(String path) throws IOException {
        while (true) {
            JsonNode upload = json(server.get(path));
            if (upload.path("state").asText().equals("Ended")) {
                return upload.path("import");
            }
            TestServer.pause();
        }
    }

    /** Waits for the image, and until nothing else is left of the upload. */
    void assertImported(String path, byte[] disk) throws IOException {
        JsonNode job = awaitImport(path);
        assertThat(job.path("phase").asText()).as(job.toPrettyString()).isEqualTo("Succeeded");
        assertThat(imported()).isEqualTo(disk);
        awaitNoBytes(job);
    }

    byte[] imported() throws IOException {
        HttpResponse<byte[]> disk = server.get("/api/v1/images/" + target.replace(':', '/') + "/disk");
        assertThat(disk.statusCode()).as(text(disk)).isEqualTo(200);
        return disk.body();
    }

    /** Waits until the bytes of the upload that became {@code job} are gone. */
    void awaitNoBytes(JsonNode job) throws IOException {
        Path upload = directory
                .resolve("store/incoming")
                .resolve(job.path("source").path("upload").path("id").asText());
        assertThat(upload).isDirectory();
        while (Files.exists(upload.resolve("data"))) {
            TestServer.pause();
        }
        assertThat(upload.resolve("chunk")).doesNotExist();
    }

    List<Path> stored(String name) throws IOException {
        Path incoming = directory.resolve("store/incoming");
        if (!Files.exists(incoming)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(incoming)) {
            return files.filter(file -> file.endsWith(name)).toList();
        }
    }
}
