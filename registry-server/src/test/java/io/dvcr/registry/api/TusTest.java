package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** tus 1.0.0, rule by rule: tus.io/protocols/resumable-upload. */
class TusTest extends UploadTest {
    private static final String[] TUS = {"Tus-Resumable", "1.0.0"};

    @Test
    void options_tell_what_the_server_can_do() throws IOException {
        HttpResponse<byte[]> reply = server.send("OPTIONS", "/api/v1/uploads", "Tus-Resumable", "0.1");
        assertThat(reply.statusCode()).isEqualTo(204);
        assertThat(header(reply, "Tus-Version")).isEqualTo("1.0.0");
        assertThat(header(reply, "Tus-Extension").split(","))
                .containsExactlyInAnyOrder(
                        "creation", "creation-defer-length", "expiration", "checksum", "termination");
        assertThat(header(reply, "Tus-Max-Size")).isEqualTo(Integer.toString(MAX_BYTES));
        assertThat(header(reply, "Tus-Checksum-Algorithm")).isEqualTo("md5,sha1,sha256,sha512");
    }

    @Test
    void what_is_created_and_sent_in_parts_becomes_an_image() throws IOException {
        byte[] disk = disk(1 << 20);
        String path = beginTus(disk.length);
        int sent = 0;
        for (int end : new int[] {1, 300_000, disk.length}) {
            HttpResponse<byte[]> reply = patch(path, sent, Arrays.copyOfRange(disk, sent, end));
            assertThat(reply.statusCode()).as(text(reply)).isEqualTo(204);
            assertThat(header(reply, "Upload-Offset")).isEqualTo(Integer.toString(end));
            assertThat(header(reply, "Upload-Expires")).endsWith(" GMT");
            assertThat(header(reply, "Tus-Resumable")).isEqualTo("1.0.0");
            sent = end;
        }
        assertImported(path, disk);
    }

    @Test
    void a_head_tells_all_there_is_to_know_and_is_not_cached() throws IOException {
        String path = beginTus(1000);
        patch(path, 0, disk(70));
        HttpResponse<byte[]> reply = head(path);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(header(reply, "Upload-Offset")).isEqualTo("70");
        assertThat(header(reply, "Upload-Length")).isEqualTo("1000");
        assertThat(header(reply, "Upload-Metadata")).isEqualTo("target " + base64(target.getBytes(UTF_8)));
        assertThat(header(reply, "Upload-Expires")).endsWith(" GMT");
        assertThat(header(reply, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(reply, "Tus-Resumable")).isEqualTo("1.0.0");
    }

    @Test
    void a_head_tells_the_offset_of_what_is_complete() throws IOException {
        byte[] disk = disk(4096);
        String path = beginTus(disk.length);
        patch(path, 0, disk);
        assertImported(path, disk);
        assertThat(header(head(path), "Upload-Offset")).isEqualTo("4096");
    }

    @Test
    void a_length_may_come_later() throws IOException {
        byte[] disk = disk(10_000);
        HttpResponse<byte[]> begun = server.send(
                "POST",
                "/api/v1/uploads",
                "Tus-Resumable",
                "1.0.0",
                "Upload-Defer-Length",
                "1",
                "Upload-Metadata",
                "filename,target " + base64(target.getBytes(UTF_8)));
        String path = header(begun, "Location");
        assertThat(patch(path, 0, Arrays.copyOf(disk, 5000)).statusCode()).isEqualTo(204);
        assertThat(header(head(path), "Upload-Defer-Length")).isEqualTo("1");
        assertProblem(patch(path, 5000, new byte[0], "Upload-Length", "4999"), 409, "4999");
        assertThat(patch(path, 5000, new byte[0], "Upload-Length", "10000").statusCode())
                .isEqualTo(204);
        assertThat(header(head(path), "Upload-Length")).isEqualTo("10000");
        assertProblem(patch(path, 5000, new byte[0], "Upload-Length", "10001"), 409, "10001");
        assertThat(patch(path, 5000, Arrays.copyOfRange(disk, 5000, 10_000)).statusCode())
                .isEqualTo(204);
        assertImported(path, disk);
    }

    @ParameterizedTest
    @ValueSource(strings = {"md5", "sha1", "sha256", "sha512"})
    void a_part_with_its_checksum_is_taken(String algorithm) throws Exception {
        byte[] disk = disk(300_000);
        String path = beginTus(disk.length);
        String javaName = algorithm.replace("sha", "SHA-").replace("md5", "MD5");
        String checksum =
                algorithm + " " + base64(MessageDigest.getInstance(javaName).digest(disk));
        assertThat(patch(path, 0, disk, "Upload-Checksum", checksum).statusCode())
                .isEqualTo(204);
        assertImported(path, disk);
    }

    @Test
    void a_part_with_another_checksum_is_discarded() throws IOException {
        byte[] disk = disk(2000);
        String path = beginTus(disk.length);
        patch(path, 0, Arrays.copyOf(disk, 1000));
        String wrong = "sha1 " + base64(new byte[20]);
        HttpResponse<byte[]> reply = patch(path, 1000, Arrays.copyOfRange(disk, 1000, 2000), "Upload-Checksum", wrong);
        assertProblem(reply, 460, "sha1");
        assertThat(header(reply, "Tus-Resumable")).isEqualTo("1.0.0");
        assertThat(header(head(path), "Upload-Offset")).isEqualTo("1000");
        assertThat(stored("chunk")).isEmpty();
        assertThat(patch(path, 1000, Arrays.copyOfRange(disk, 1000, 2000)).statusCode())
                .isEqualTo(204);
        assertImported(path, disk);
    }

    @Test
    void an_empty_file_is_complete_at_once_and_refused_as_an_image() throws IOException {
        String path = beginTus(0);
        assertThat(awaitImport(path).path("phase").asText()).isEqualTo("Failed");
        assertThat(header(head(path), "Upload-Offset")).isEqualTo("0");
    }

    @Test
    void what_is_terminated_is_gone() throws IOException {
        String path = beginTus(1000);
        patch(path, 0, disk(10));
        assertThat(server.send("DELETE", path, TUS).statusCode()).isEqualTo(204);
        assertThat(head(path).statusCode()).isEqualTo(404);
        assertThat(head(path).headers().firstValue("Upload-Offset")).isEmpty();
        assertProblem(patch(path, 10, disk(10)), 404, "upload");
        assertThat(stored("data")).isEmpty();
    }

    @Test
    void what_is_complete_can_be_used_no_more() throws IOException {
        byte[] disk = disk(4096);
        String path = beginTus(disk.length);
        patch(path, 0, disk);
        assertProblem(patch(path, 4096, new byte[0]), 410, "finished");
        assertProblem(server.send("PUT", path, disk), 410, "finished");
        assertProblem(server.send("DELETE", path, TUS), 410, "finished");
    }

    @Test
    void a_post_may_be_any_other_method() throws IOException {
        byte[] disk = disk(4096);
        String path = beginTus(disk.length);
        HttpResponse<byte[]> reply = server.send(
                "POST",
                path,
                disk,
                "Tus-Resumable",
                "1.0.0",
                "X-HTTP-Method-Override",
                "PATCH",
                "Content-Type",
                "application/offset+octet-stream",
                "Upload-Offset",
                "0");
        assertThat(reply.statusCode()).as(text(reply)).isEqualTo(204);
        assertImported(path, disk);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # headers of a PATCH                                         | status | says
                    Upload-Offset:0                                              | 415 | Content-Type
                    Upload-Offset:0;Content-Type:text/plain                      | 415 | text/plain
                    Content-Type:application/offset+octet-stream                 | 400 | Upload-Offset
                    Content-Type:application/offset+octet-stream;Upload-Offset:x | 400 | Upload-Offset
                    Content-Type:application/offset+octet-stream;Upload-Offset:-1| 400 | Upload-Offset
                    Content-Type:application/offset+octet-stream;Upload-Offset:9 | 409 | goes on at byte 10
                    Content-Type:application/offset+octet-stream;Upload-Offset:11| 409 | goes on at byte 10
                    Content-Type:application/offset+octet-stream;Upload-Offset:10;Upload-Checksum:crc32 AAAA | 400 | Upload-Checksum
                    Content-Type:application/offset+octet-stream;Upload-Offset:10;Upload-Checksum:sha1 ?     | 400 | Upload-Checksum
                    Content-Type:application/offset+octet-stream;Upload-Offset:10;Upload-Length:99           | 409 | 20 were announced
                    Tus-Resumable:0.2.2;Content-Type:application/offset+octet-stream;Upload-Offset:10        | 412 | 1.0.0
                    """)
    void a_part_that_is_not_as_it_must_be_is_refused_and_changes_nothing(String headers, int status, String says)
            throws IOException {
        String path = beginTus(20);
        patch(path, 0, disk(10));
        String all = headers.contains("Tus-Resumable") ? headers : "Tus-Resumable:1.0.0;" + headers;
        HttpResponse<byte[]> reply = server.send("PATCH", path, disk(10), all.split("[:;]"));
        assertProblem(reply, status, says);
        assertThat(header(reply, "Tus-Resumable")).isEqualTo("1.0.0");
        assertThat(header(reply, "Tus-Version")).isEqualTo(status == 412 ? "1.0.0" : "(none)");
        assertThat(header(head(path), "Upload-Offset")).isEqualTo("10");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # headers of a POST; T is the target                     | status | says
                    Upload-Metadata:T                                        | 400 | Upload-Length
                    Upload-Metadata:T;Upload-Defer-Length:2                  | 400 | Upload-Defer-Length
                    Upload-Metadata:T;Upload-Length:x                        | 400 | Upload-Length
                    Upload-Metadata:T;Upload-Length:4194305                  | 413 | 4194304
                    Upload-Length:10                                         | 400 | target
                    Upload-Length:10;Upload-Metadata:target ???              | 400 | Base64
                    Upload-Length:10;Upload-Metadata:T,T                     | 400 | twice
                    Upload-Length:10;Upload-Metadata:T,format Zm9v           | 400 | format
                    Upload-Length:10;Upload-Metadata:T,checksum Zm9v         | 400 | checksum
                    Upload-Length:10;Upload-Metadata:T,containerDisk Zm9v    | 400 | containerDisk
                    Upload-Length:10;Upload-Metadata:T;Tus-Resumable:2.0.0   | 412 | 1.0.0
                    """)
    void what_cannot_be_created_is_refused(String headers, int status, String says) throws IOException {
        String named = headers.replace("Metadata:T", "Metadata:target " + base64(target.getBytes(UTF_8)))
                .replace(",T", ",target " + base64(target.getBytes(UTF_8)));
        String all = headers.contains("Tus-Resumable") ? named : "Tus-Resumable:1.0.0;" + named;
        HttpResponse<byte[]> reply = server.send("POST", "/api/v1/uploads", all.split("[:;]"));
        assertProblem(reply, status, says);
        assertThat(header(reply, "Tus-Resumable")).isEqualTo("1.0.0");
    }

    @Test
    void a_part_that_is_too_large_is_refused_before_it_comes() throws IOException {
        String path = beginTus(10);
        assertProblem(patch(path, 0, disk(11)), 413, "10 bytes");
        assertThat(header(head(path), "Upload-Offset")).isEqualTo("0");
    }

    @Test
    void what_has_come_of_a_part_that_is_cut_stays() throws IOException {
        byte[] disk = disk(100_000);
        String path = beginTus(disk.length);
        try (RawClient client = new RawClient(server)) {
            client.head(
                    "PATCH " + path + " HTTP/1.1",
                    "Tus-Resumable: 1.0.0",
                    "Content-Type: application/offset+octet-stream",
                    "Upload-Offset: 0",
                    "Content-Length: 100000");
            client.send(Arrays.copyOf(disk, 60_000));
            while (!header(head(path), "Upload-Offset").equals("60000")) {
                Thread.onSpinWait();
            }
        }
        HttpResponse<byte[]> rest = patch(path, 60_000, Arrays.copyOfRange(disk, 60_000, disk.length));
        assertThat(rest.statusCode()).as(text(rest)).isEqualTo(204);
        assertImported(path, disk);
    }

    @Test
    void scripts_of_all_sites_may_go_on_with_what_they_know_the_url_of() throws IOException {
        String path = beginTus(10);
        HttpResponse<byte[]> preflight =
                server.send("OPTIONS", path, "Origin", "https://any.example", "Access-Control-Request-Method", "PATCH");
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(header(preflight, "Access-Control-Allow-Origin")).isEqualTo("https://any.example");
        assertThat(header(preflight, "Access-Control-Allow-Methods")).contains("PATCH", "PUT", "DELETE");
        assertThat(header(preflight, "Access-Control-Allow-Headers")).contains("Tus-Resumable", "Upload-Offset");
        HttpResponse<byte[]> missing = server.send(
                "HEAD", path.replaceAll("[^/]+$", "x"), "Origin", "https://any.example", "Tus-Resumable", "1.0.0");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(header(missing, "Access-Control-Allow-Origin")).isEqualTo("https://any.example");
        assertThat(header(missing, "Access-Control-Expose-Headers")).contains("Upload-Offset", "Location");
    }

    @Test
    void scripts_of_those_sites_that_the_operator_names_may_begin() throws IOException {
        HttpResponse<byte[]> named = server.send("OPTIONS", "/api/v1/uploads", "Origin", SITE);
        HttpResponse<byte[]> other = server.send("OPTIONS", "/api/v1/uploads", "Origin", "https://any.example");
        assertThat(header(named, "Access-Control-Allow-Origin")).isEqualTo(SITE);
        assertThat(header(named, "Access-Control-Allow-Methods")).contains("POST");
        assertThat(header(other, "Access-Control-Allow-Origin")).isEqualTo("(none)");
        assertThat(header(other, "Vary")).isEqualTo("Origin");
    }
}
