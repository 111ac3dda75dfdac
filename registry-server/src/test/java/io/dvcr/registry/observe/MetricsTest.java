package io.dvcr.registry.observe;

import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.TestServer;
import io.dvcr.registry.TestServer.Setup;
import io.dvcr.registry.access.Caller;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MetricsTest {
    private static final Pattern SAMPLE = Pattern.compile("[a-z_][a-z0-9_]*(\\{[^{}]*(\\{[a-z]+\\}[^{}]*)*\\})? \\S+");

    private TestServer server;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        server = TestServer.start(directory, Setup.PLAIN);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private List<String> metrics() throws IOException {
        return text(server.get("/metrics")).lines().toList();
    }

    private void await(String line) throws IOException {
        while (!metrics().contains(line)) { // a request is counted just after it is answered
            TestServer.pause();
        }
    }

    @Test
    void requests_are_counted_by_route_method_and_code() throws IOException {
        server.get("/v2/some/repository/tags/list");
        server.get("/v2/another/tags/list");
        server.send("HEAD", "/v2/another/manifests/x");
        server.send("BREW", "/v2/another/manifests/x");
        server.get("/made/up");

        await("registry_http_requests_total{code=\"404\",handler=\"/v2/{name}/tags/list\",method=\"GET\"} 2.0");
        await(
                "registry_http_requests_total{code=\"404\",handler=\"/v2/{name}/manifests/{reference}\",method=\"HEAD\"} 1.0");
        await("registry_http_requests_total{code=\"405\",handler=\"(none)\",method=\"other\"} 1.0");
        await("registry_http_requests_total{code=\"404\",handler=\"(none)\",method=\"GET\"} 1.0");
        await("registry_http_request_duration_seconds_count{handler=\"/v2/{name}/tags/list\",method=\"GET\"} 2");
        await(
                "registry_http_request_duration_seconds_bucket{handler=\"/v2/{name}/tags/list\",method=\"GET\",le=\"+Inf\"} 2");
    }

    @Test
    void clients_make_no_series() throws IOException {
        for (int i = 0; i < 20; i++) {
            server.get("/v2/repository" + i + "/manifests/tag" + i);
            server.get("/nowhere/" + i);
        }
        await("registry_http_requests_total{code=\"404\",handler=\"(none)\",method=\"GET\"} 20.0");

        assertThat(metrics()).noneMatch(line -> line.contains("repository1") || line.contains("nowhere"));
    }

    @Test
    void the_bytes_of_blobs_are_counted_either_way() throws IOException {
        String digest = server.pushBlob("a", new byte[12_345]).toString();
        server.get("/v2/a/blobs/" + digest);

        await("registry_blob_received_bytes_total 12345.0");
        await("registry_blob_sent_bytes_total 12345.0");
        await("registry_http_request_size_bytes_sum{handler=\"/v2/{name}/blobs/uploads\",method=\"POST\"} 12345.0");
        await("registry_http_response_size_bytes_sum{handler=\"/v2/{name}/blobs/{digest}\",method=\"GET\"} 12345.0");
    }

    @Test
    void what_the_store_does_is_timed() throws IOException {
        server.pushManifest("a", "x", "one");

        assertThat(metrics())
                .anyMatch(line -> line.matches("registry_storage_action_seconds_count\\{action=\"put\"\\} [1-9]\\d*"))
                .contains("registry_storage_errors_total{action=\"put\"} 0.0");
    }

    @Test
    void open_uploads_and_imports_are_shown() throws IOException {
        server.send("POST", "/v2/a/blobs/uploads/");
        server.importDisk("vms/raw:1", new byte[1 << 20]);

        assertThat(metrics())
                .contains("registry_uploads_open 1.0")
                .contains("registry_imports{phase=\"running\"} 0.0")
                .contains("registry_import_duration_seconds_count{phase=\"succeeded\"} 1")
                .contains("registry_import_duration_seconds_count{phase=\"failed\"} 0");
    }

    @Test
    void what_garbage_collection_did_is_shown() throws IOException {
        server.pushBlob("a", new byte[1000]);
        for (int i = 0; i < 4; i++) { // it takes some to be sure
            server.send("POST", "/api/v1/gc?grace=PT0S");
        }

        assertThat(metrics())
                .contains("registry_gc_purged_blobs_total 1.0")
                .contains("registry_gc_freed_bytes_total 1000.0")
                .contains("registry_gc_left_bytes 0.0");
    }

    @Test
    void the_process_is_shown() throws IOException {
        assertThat(metrics())
                .contains("dvcr_build_info{version=\"test\"} 1")
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
                .anyMatch(line -> line.startsWith("jvm_threads_live_threads "))
                .anyMatch(line -> line.startsWith("process_open_fds") || line.startsWith("process_files_open_files "))
                .anyMatch(line -> line.matches("process_resident_memory_bytes [1-9].*"));
    }

    @Test
    void only_who_may_administer_sees_them() throws IOException {
        server.guard(_ -> Caller.NOBODY, List.of());

        assertThat(server.get("/metrics").statusCode()).isIn(401, 403);
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void the_page_is_the_text_format_of_prometheus() throws IOException {
        var reply = server.get("/metrics");

        assertThat(header(reply, "Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(text(reply).lines().filter(line -> !line.startsWith("#")))
                .isNotEmpty()
                .allMatch(line -> SAMPLE.matcher(line).matches());
    }

    @Test
    void openmetrics_is_spoken_to_who_asks_for_it() throws IOException {
        var reply = server.get("/metrics", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

        assertThat(header(reply, "Content-Type")).startsWith("application/openmetrics-text");
        assertThat(text(reply)).endsWith("# EOF\n");
    }
}
