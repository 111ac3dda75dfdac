package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import io.dvcr.registry.RawClient.RawReply;
import io.dvcr.registry.RegistryTest;
import java.io.IOException;
import java.net.SocketException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Error Codes", and problem details everywhere else. */
class ErrorCodesTest extends RegistryTest {

    /** As they are sent, past what an ordinary client would make of them. */
    private RawReply ask(String method, String target) throws IOException {
        try (RawClient client = new RawClient(server)) {
            return client.head(method + " " + target + " HTTP/1.1", "Content-Length: 0")
                    .reply();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/Upper/tags/list",
                "/v2/a..b/tags/list",
                "/v2/a/../b/tags/list",
                "/v2/../../etc/tags/list",
                "/v2/%2e%2e/tags/list",
                "/v2/a/%2e%2e/%2E%2E/tags/list",
                "/v2///tags/list",
                "/v2/a//b/tags/list",
                "/v2//a/tags/list",
                "/v2/a%00/tags/list",
                "/v2/a%2Fb/tags/list",
                "/v2/a%0d%0ab/tags/list",
                "/v2/a\\b/tags/list",
                "/v2/-a/tags/list",
                "/v2/a-/tags/list",
                "/v2/_a/tags/list",
                "/v2/a___b/tags/list",
                "/v2/a:1/tags/list",
                "/v2/.hidden/tags/list",
                "/v2/a%20b/tags/list",
                "/v2/a;b/tags/list",
            })
    void a_malformed_name_is_refused(String path) throws IOException {
        RawReply reply = ask("GET", path);
        assertThat(reply.status()).as(reply.body()).isEqualTo(400);
        assertThat(reply.body()).contains("\"code\":\"NAME_INVALID\"");
    }

    @Test
    void a_name_over_255_characters_is_refused_briefly() throws IOException {
        String name = "a".repeat(2000);
        HttpResponse<byte[]> reply = server.get("/v2/" + name + "/tags/list");
        assertOciError(reply, 400, "NAME_INVALID");
        assertThat(reply.body()).hasSizeLessThan(500);
        assertOciError(server.get("/v2/" + "a".repeat(256) + "/tags/list"), 400, "NAME_INVALID");
        assertOciError(server.get("/v2/" + "a".repeat(255) + "/tags/list"), 404, "NAME_UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256",
                "sha256:",
                "sha256:abc",
                "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
                "sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "..",
                "%2e%2e",
                "sha256:..%2F..%2Fetc%2Fpasswd",
                "sha256%3Aabc",
                "sha256%253Ae3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256%3",
                "%",
                "%zz",
            })
    void a_malformed_digest_is_refused(String digest) throws IOException {
        for (String method : new String[] {"GET", "DELETE"}) {
            RawReply reply = ask(method, "/v2/a/blobs/" + digest);
            assertThat(reply.status()).as(reply.body()).isEqualTo(400);
            assertThat(reply.body()).contains("\"code\":\"DIGEST_INVALID\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /v2/, 'GET, HEAD'",
        "POST, /v2/a/manifests/x, 'DELETE, GET, HEAD, PUT'",
        "PATCH, /v2/a/manifests/x, 'DELETE, GET, HEAD, PUT'",
        "DELETE, /v2/a/tags/list, 'GET, HEAD'",
        "POST, /v2/_catalog, 'GET, HEAD'",
        "OPTIONS, /v2/a/tags/list, 'GET, HEAD'",
        "PROPFIND, /v2/a/tags/list, 'GET, HEAD'",
        "get, /v2/a/tags/list, 'GET, HEAD'",
        "POST, /v2/a/blobs/uploads/11111111-2222-3333-4444-555555555555, 'DELETE, GET, HEAD, PATCH, PUT'",
    })
    void a_method_that_a_path_does_not_take_is_refused_with_those_it_does(String method, String path, String allowed)
            throws IOException {
        RawReply reply = ask(method, path);
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.body()).contains("\"code\":\"UNSUPPORTED\"");
        assertThat(reply.header("Allow")).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/a",
                "/v2/a/",
                "/v2/a/tags",
                "/v2/a/tags/list/",
                "/v2/a/blobs/",
                "/v2/a/b/c/d",
                "/v2//",
                "/v2//tags/list"
            })
    void an_unknown_path_of_the_registry_is_an_oci_error(String path) throws IOException {
        assertOciError(server.get(path), 404, "UNSUPPORTED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api", "/apis", "/apis/virtualization.deckhouse.io/v1alpha2/virtualmachines"})
    void an_unknown_path_of_kubernetes_is_a_status(String path) throws IOException {
        RawReply reply = ask("GET", path);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.body()).contains("\"kind\":\"Status\"", "\"code\":404");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v22",
                "/v2x/a/tags/list",
                "/api/v1/",
                "/api/v1/imports/",
                "/%2e%2e/%2e%2e/etc/passwd",
                "//v2/",
                "/%76%32/",
                "/..;/v2/",
            })
    void an_unknown_path_elsewhere_is_a_problem(String path) throws IOException {
        RawReply reply = ask("GET", path);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(reply.body()).contains("\"status\":404");
    }

    @Test
    void an_absolute_target_is_a_path_like_any_other() throws IOException {
        assertThat(ask("GET", "http://registry/v2/").status()).isEqualTo(200);
        assertThat(ask("GET", "http://registry/v2/A/tags/list").status()).isEqualTo(400);
        assertThat(ask("OPTIONS", "*").status()).isBetween(400, 499);
    }

    @Test
    void a_malformed_query_is_refused() throws IOException {
        RawReply reply = ask("GET", "/v2/a/tags/list?n=%zz");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).contains("UNSUPPORTED", "the query is not well formed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/a/tags/list?n=%zz",
                "/v2/a/tags/list?last=%",
                "/v2/a/tags/list?last=%C3",
                "/v2/a/tags/list?%zz=1",
                "/api/v1/images/a/b/disk?format=%zz",
                "/v2/a/tags/list?&&==&=",
            })
    void a_malformed_query_is_answered(String target) throws IOException {
        RawReply reply = ask("GET", target);
        assertThat(reply.status()).isBetween(400, 499);
        assertThat(reply.body()).doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE",
                "GET",
                "GET /v2/ HTTP/9.9",
                "GET /v2/ HTTP/1.1\r\nno colon here",
                "GET /v2/ HTTP/1.1\r\nContent-Length: -5",
                "GET /v2/ HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
                "POST /v2/a/blobs/uploads/ HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
            })
    void what_is_not_http_never_gets_a_stack_trace_nor_a_success(String head) throws IOException {
        try (RawClient client = new RawClient(server)) {
            RawReply reply = client.head(head).reply();
            assertThat(reply.status()).isBetween(400, 505);
            assertThat(reply.body()).doesNotContain("Exception", "\tat ");
        } catch (IOException closed) {
            assertThat(closed).hasMessageContaining("closed"); // a closed connection is an answer too
        }
        assertThat(server.get("/v2/").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {5_000, 100_000})
    void a_head_that_is_too_long_is_refused(int length) throws IOException {
        assertRefused("GET /v2/" + "a".repeat(length) + " HTTP/1.1");
        assertRefused("GET /v2/ HTTP/1.1\r\nX-Long: " + "a".repeat(length * 10));
        assertThat(server.get("/v2/").statusCode()).isEqualTo(200);
    }

    private void assertRefused(String head) throws IOException {
        try (RawClient client = new RawClient(server)) {
            assertThat(client.head(head).reply().status()).isBetween(400, 499);
        } catch (SocketException reset) {
            assertThat(reset).isNotNull(); // who is still sending when the server has seen enough may miss the reply
        }
    }

    @Test
    void errors_outside_the_registry_are_problem_details() throws IOException {
        assertProblem(server.get("/api/v1/images/a/latest"), 404, "manifest latest is not in repository a");
        assertProblem(server.get("/api/v1/images/A/latest"), 400, "invalid repository name");
        assertProblem(server.get("/api/v1/images/a/-x"), 400, "invalid tag");
        assertProblem(server.get("/api/v1/imports/x"), 404, "import x does not exist");
        HttpResponse<byte[]> wrong = server.send("PUT", "/api/v1/images");
        assertProblem(wrong, 405, "method PUT is not supported here");
        assertThat(header(wrong, "Allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void the_head_of_an_error_has_its_length_and_no_body() throws IOException {
        try (RawClient client = new RawClient(server)) {
            RawReply reply = client.head("HEAD /v2/a/manifests/x HTTP/1.1").replyToHead();
            assertThat(reply.status()).isEqualTo(404);
            assertThat(Integer.parseInt(reply.header("Content-Length"))).isPositive();
            assertThat(client.head("GET /healthz HTTP/1.1").reply().body()).isEqualTo("ok\n");
        }
    }
}
