package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.FileServer;
import io.dvcr.registry.RegistryTest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /api/v1/imports}. */
class ImportApiTest extends RegistryTest {
    private static final byte[] DISK = bytes(3 << 20);

    private HttpResponse<byte[]> submit(FileServer source, String checksum) throws IOException {
        String request = """
                {"target":"%s:12","source":{"http":{"url":"%s"%s}}}""".formatted(repository, source.url(), checksum);
        return server.send("POST", "/api/v1/imports", request.getBytes(UTF_8), "Content-Type", "application/json");
    }

    private static List<String> fields(JsonNode object) {
        List<String> fields = new ArrayList<>();
        object.fieldNames().forEachRemaining(fields::add);
        return fields;
    }

    @Test
    void an_import_is_accepted_watched_and_gives_an_image() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        try (FileServer source = FileServer.serving(DISK, go)) {
            HttpResponse<byte[]> accepted = submit(source, "");
            assertThat(accepted.statusCode()).isEqualTo(202);
            assertThat(header(accepted, "Content-Type")).isEqualTo("application/json");
            String id = json(accepted).path("id").asText();
            String location = header(accepted, "Location");
            assertThat(location).isEqualTo("/api/v1/imports/" + id);

            JsonNode running = json(server.get(location));
            while (running.path("progress").path("percent").asInt() == 0) {
                running = json(server.get(location));
            }
            assertThat(fields(running)).containsExactly("id", "created", "target", "source", "phase", "progress");
            assertThat(running.path("phase").asText()).isEqualTo("Running");
            assertThat(running.path("target").asText()).isEqualTo(repository + ":12");
            JsonNode progress = running.path("progress");
            assertThat(fields(progress)).startsWith("bytesReceived", "bytesTotal", "percent", "step");
            assertThat(progress.path("bytesTotal").asLong()).isEqualTo(DISK.length);
            assertThat(progress.path("percent").asInt()).isBetween(1, 50);
            assertThat(progress.path("step").asText()).isEqualTo("Receiving");
            go.countDown();

            JsonNode ended = server.awaitImport(location);
            assertThat(ended.path("phase").asText()).isEqualTo("Succeeded");
            assertThat(ended.path("progress").path("percent").asInt()).isEqualTo(100);
            assertThat(ended.has("error")).isFalse();
            JsonNode image = ended.path("image");
            assertThat(fields(image))
                    .containsExactly(
                            "repository",
                            "tag",
                            "digest",
                            "format",
                            "virtualSize",
                            "usedSize",
                            "storedSize",
                            "newlyStored",
                            "cdrom",
                            "partitionTable",
                            "created");
            assertThat(image.path("repository").asText()).isEqualTo(repository);
            assertThat(image.path("tag").asText()).isEqualTo("12");
            assertThat(image.path("digest").asText()).matches("sha256:[0-9a-f]{64}");
            assertThat(image.path("format").asText()).isEqualTo("raw");
            assertThat(image.path("virtualSize").asLong()).isEqualTo(DISK.length);
            assertThat(image.path("cdrom").isBoolean()).isTrue();
            JsonNode listed = json(server.get("/api/v1/images/" + repository + "/12"));
            assertThat(listed.path("state").asText()).isEqualTo("Ready");
            assertThat(((ObjectNode) listed).without("state").toString()).isEqualTo(image.toString());
        }
    }

    @Test
    void a_failed_import_has_a_code_and_a_message() throws IOException {
        try (FileServer source = FileServer.serving(DISK)) {
            HttpResponse<byte[]> accepted = submit(source, ",\"checksum\":{\"md5\":\"%s\"}".formatted("0".repeat(32)));
            JsonNode ended = server.awaitImport(header(accepted, "Location"));
            assertThat(ended.path("phase").asText()).isEqualTo("Failed");
            assertThat(fields(ended.path("error"))).containsExactly("code", "message");
            assertThat(ended.path("error").path("code").asText()).isEqualTo("CHECKSUM_MISMATCH");
            assertThat(ended.path("error").path("message").asText()).startsWith("the source has md5 ");
            assertThat(ended.has("image")).isFalse();
        }
        assertProblem(server.get("/api/v1/images/" + repository + "/12"), 404, "is not in repository");
    }

    @Test
    void an_import_is_cancelled() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        try (FileServer source = FileServer.serving(DISK, go)) {
            String location = header(submit(source, ""), "Location");
            HttpResponse<byte[]> reply = server.send("DELETE", location);
            assertThat(reply.statusCode()).isEqualTo(202);
            assertThat(server.awaitImport(location).path("phase").asText()).isEqualTo("Cancelled");
            go.countDown();
        }
    }

    @Test
    void all_imports_are_listed_the_newest_first() throws IOException {
        server.importDisk(repository + ":1", DISK);
        server.importDisk(repository + ":2", DISK);
        JsonNode imports = json(server.get("/api/v1/imports")).path("imports");
        assertThat(imports.size()).isGreaterThanOrEqualTo(2);
        assertThat(imports.path(0).path("target").asText()).isEqualTo(repository + ":2");
        assertThat(imports.path(1).path("target").asText()).isEqualTo(repository + ":1");
    }

    @Test
    void the_list_comes_in_pages() throws IOException {
        for (int i = 0; i < 3; i++) {
            server.importDisk(repository + ":" + i, DISK);
        }
        List<String> all = new ArrayList<>();
        json(server.get("/api/v1/imports"))
                .path("imports")
                .forEach(job -> all.add(job.path("id").asText()));

        List<String> paged = new ArrayList<>();
        Optional<String> next = Optional.of("/api/v1/imports?n=2");
        while (next.isPresent()) {
            HttpResponse<byte[]> page = server.get(next.get());
            assertThat(json(page).path("imports").size()).isBetween(1, 2);
            json(page).path("imports").forEach(job -> paged.add(job.path("id").asText()));
            next = page.headers().firstValue("Link").map(link -> link.substring(1, link.indexOf('>')));
        }

        assertThat(paged).hasSizeGreaterThanOrEqualTo(3).isEqualTo(all);
        assertThat(server.get("/api/v1/imports?n=2&last=11111111-2222-3333-4444-555555555555")
                        .statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "not json",
                "[]",
                "null",
                "\"text\"",
                "{} {}",
                "{\"target\":\"a:1\"",
                "\u0000\u0000\u0000{\u0000\u0011\u0000\u0000",
                "\u00ff\u00fe",
            })
    void what_is_not_a_json_object_is_a_problem(String body) throws IOException {
        HttpResponse<byte[]> reply = server.send("POST", "/api/v1/imports", body.getBytes(ISO_8859_1));
        assertProblem(reply, 400, "the body ");
    }

    @Test
    void json_that_is_nested_without_end_is_a_problem() throws IOException {
        byte[] deep = ("{\"a\":" + "[".repeat(200_000)).getBytes(UTF_8);
        assertProblem(server.send("POST", "/api/v1/imports", deep), 400, "not well-formed JSON");
    }

    @Test
    void a_body_over_a_mebibyte_is_too_large() throws IOException {
        assertProblem(server.send("POST", "/api/v1/imports", new byte[(1 << 20) + 1]), 413, "larger than the limit");
    }

    @Test
    void a_request_that_lacks_something_is_told_what() throws IOException {
        byte[] request = "{\"target\":\"a:1\",\"source\":{\"http\":{}}}".getBytes(UTF_8);
        assertProblem(server.send("POST", "/api/v1/imports", request), 400, "source.http.url must be a string");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "11111111-2222-3333-4444-555555555555",
                "------------------------------------",
                "%2e%2e",
                "..%2F..",
            })
    void an_import_that_was_never_submitted_is_not_there(String id) throws IOException {
        assertProblem(server.get("/api/v1/imports/" + id), 404, "does not exist");
        assertProblem(server.send("DELETE", "/api/v1/imports/" + id), 404, "does not exist");
    }

    @Test
    void the_same_import_is_not_done_twice_at_once() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        try (FileServer source = FileServer.serving(DISK, go)) {
            String first = header(submit(source, ""), "Location");
            String second = header(submit(source, ""), "Location");
            assertThat(second).isEqualTo(first);
            go.countDown();
            assertThat(server.awaitImport(first).path("phase").asText()).isEqualTo("Succeeded");
        }
    }
}
