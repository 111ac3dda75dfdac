package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static io.dvcr.registry.TestServer.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.RawClient;
import io.dvcr.registry.RawClient.RawReply;
import io.dvcr.storage.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uploads by plain HTTP. */
class ImageUploadTest extends UploadTest {
    @Test
    void a_file_that_is_put_becomes_an_image() throws IOException {
        byte[] disk = disk(1 << 20);
        HttpResponse<byte[]> begun = request(",\"size\":1048576,\"format\":\"raw\"");
        String path = header(begun, "Location");
        assertThat(json(begun).path("url").asText()).isEqualTo(server.url(path).toString());
        assertThat(json(begun).path("state").asText()).isEqualTo("Receiving");

        HttpResponse<byte[]> put = server.send("PUT", path, disk);

        assertThat(put.statusCode()).as(text(put)).isEqualTo(201);
        assertThat(header(put, "Location")).isEqualTo("/api/v1/images/" + target.replace(':', '/'));
        assertThat(json(put).path("phase").asText()).isEqualTo("Succeeded");
        assertThat(imported()).isEqualTo(disk);
        awaitNoBytes(json(put));
        assertThat(json(server.get("/api/v1/imports")).path("imports").toString())
                .contains(json(put).path("id").asText());
    }

    @Test
    void a_file_of_unknown_length_may_be_put() throws IOException {
        byte[] disk = disk(300_000);
        String path = begin("");
        HttpResponse<byte[]> put =
                server.send("PUT", path, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(disk)));
        assertThat(put.statusCode()).as(text(put)).isEqualTo(201);
        assertThat(imported()).isEqualTo(disk);
    }

    @Test
    void a_client_need_not_wait_for_the_import() throws IOException {
        byte[] disk = disk(300_000);
        String path = begin("");
        HttpResponse<byte[]> put = server.send("PUT", path, disk, "Prefer", "respond-async");
        assertThat(put.statusCode()).isEqualTo(202);
        assertThat(header(put, "Location")).isEqualTo(path);
        assertImported(path, disk);
    }

    @Test
    void an_image_that_is_refused_is_told_as_an_import_tells_it() throws IOException {
        byte[] qcow1 = Arrays.copyOf("QFI\u00fb\0\0\0\1".getBytes(ISO_8859_1), 4096);
        String path = begin("");
        HttpResponse<byte[]> put = server.send("PUT", path, qcow1);
        assertProblem(put, 422, "version");
        assertThat(json(put).path("title").asText()).isEqualTo("IMAGE_FORMAT_UNSUPPORTED");
        assertThat(server.get("/api/v1/images/" + target.replace(':', '/')).statusCode())
                .isEqualTo(404);
        awaitNoBytes(awaitImport(path));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ,"format":"qcow2"                                     | 422 | qcow2
                    ,"checksum":{"md5":"00000000000000000000000000000000"}| 422 | md5
                    ,"size":3000                                          | 413 | 3000
                    ,"size":5000                                          | 400 | 5000
                    """)
    void a_file_that_is_not_as_announced_is_refused(String announced, int status, String says) throws IOException {
        assertProblem(server.send("PUT", begin(announced), disk(4096)), status, says);
    }

    @Test
    void a_file_that_has_its_checksum_is_taken() throws IOException {
        byte[] disk = disk(4096);
        String path = begin(",\"checksum\":{\"sha256\":\"" + Digest.sha256(disk).hex() + "\"}");
        assertThat(server.send("PUT", path, disk).statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                            | 400 | target
                    {"target":"Vms"}                              | 400 | Vms
                    {"target":"vms/a@sha256:0"}                   | 400 | digest
                    {"target":"vms/a:1","size":-1}                | 400 | size
                    {"target":"vms/a:1","size":"x"}               | 400 | size
                    {"target":"vms/a:1","size":4194305}           | 413 | 4194304
                    {"target":"vms/a:1","format":"exe"}           | 400 | format
                    {"target":"vms/a:1","checksum":{"crc":"0"}}   | 400 | checksum
                    {"target":"vms/a:1","cheksum":{}}             | 400 | cheksum
                    {"target":"vms/a:1","base":"vms/none:1"}      | 404 | none
                    """)
    void what_cannot_be_begun_is_refused(String request, int status, String says) throws IOException {
        assertProblem(server.send("POST", "/api/v1/uploads", request.getBytes(UTF_8)), status, says);
    }

    @Test
    void nobody_goes_on_without_the_token() throws IOException {
        String path = begin("");
        String wrong = path.substring(0, path.length() - 1) + (path.endsWith("A") ? "B" : "A");
        assertProblem(server.send("PUT", wrong, disk(10)), 404, "upload");
        assertProblem(server.get(wrong), 404, "upload");
        assertProblem(server.send("DELETE", wrong), 404, "upload");
    }

    @Test
    void what_nobody_goes_on_with_expires() throws IOException {
        String path = begin("");
        String going = beginTus(1000);
        patch(going, 0, disk(10));
        server.makeOld(Duration.ofHours(2));
        assertProblem(server.send("PUT", path, disk(10)), 410, "expired");
        assertProblem(server.get(path), 410, "expired");
        assertProblem(patch(going, 10, disk(10)), 410, "expired");
    }

    @Test
    void a_file_that_was_cut_may_be_put_again_from_its_beginning_or_gone_on_with() throws IOException {
        byte[] disk = disk(100_000);
        String path = begin("");
        cut(path, disk, 50_000);
        HttpResponse<byte[]> wrong = server.send(
                "PUT", path, Arrays.copyOfRange(disk, 40_000, 100_000), "Content-Range", "bytes 40000-99999/100000");
        assertProblem(wrong, 409, "goes on at byte 50000");
        HttpResponse<byte[]> rest = server.send(
                "PUT", path, Arrays.copyOfRange(disk, 50_000, 100_000), "Content-Range", "bytes 50000-99999/100000");
        assertThat(rest.statusCode()).as(text(rest)).isEqualTo(201);
        assertThat(imported()).isEqualTo(disk);

        takeTarget();
        String again = begin("");
        cut(again, new byte[80_000], 50_000);
        assertThat(server.send("PUT", again, disk).statusCode()).isEqualTo(201);
        assertThat(imported()).isEqualTo(disk);
    }

    private void cut(String path, byte[] disk, int after) throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.head("PUT " + path + " HTTP/1.1", "Content-Length: " + disk.length);
            client.send(Arrays.copyOf(disk, after));
            awaitOffset(path, after);
        }
    }

    private void awaitOffset(String path, long offset) throws IOException {
        while (json(server.get(path)).path("offset").asLong() != offset) {
            Thread.onSpinWait();
        }
    }

    @Test
    void of_two_writers_the_second_is_refused_while_the_first_goes_on() throws Exception {
        byte[] disk = disk(200_000);
        String path = begin("");
        try (RawClient first = new RawClient(server)) {
            first.head("PUT " + path + " HTTP/1.1", "Content-Length: " + disk.length);
            first.send(Arrays.copyOf(disk, 1));
            awaitOffset(path, 1);
            int sent = 1;
            try (RawClient second = new RawClient(server)) {
                second.head("PUT " + path + " HTTP/1.1", "Content-Length: 10");
                second.send(new byte[10]);
                CompletableFuture<RawReply> refused = CompletableFuture.supplyAsync(() -> replyTo(second));
                while (!refused.isDone()) { // it is given up after 8 s of a writer that never falls silent
                    first.send(Arrays.copyOfRange(disk, sent, ++sent));
                    Thread.sleep(50);
                }
                assertThat(refused.get().status()).isEqualTo(409);
                assertThat(refused.get().body()).contains("another request");
            }
            first.send(Arrays.copyOfRange(disk, sent, disk.length));
            assertThat(first.reply().status()).isEqualTo(201);
        }
        assertThat(imported()).isEqualTo(disk);
    }

    private static RawReply replyTo(RawClient client) {
        try {
            return client.reply();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nobody_imports_what_another_has_uploaded() throws IOException {
        JsonNode job = json(server.send("PUT", begin(""), disk(4096)));
        String source = "{\"target\":\"vms/stolen:1\",\"source\":" + job.path("source") + "}";
        assertThat(job.path("source").path("upload").has("id")).isTrue();
        assertProblem(server.send("POST", "/api/v1/imports", source.getBytes(UTF_8)), 400, "upload");
    }
}
