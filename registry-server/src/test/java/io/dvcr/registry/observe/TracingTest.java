package io.dvcr.registry.observe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.dvcr.registry.TestServer;
import io.dvcr.registry.TestServer.Setup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces as a collector gets them: protobuf over HTTP, in which names are as they are and ids are bytes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private HttpServer collector;

    @BeforeEach
    void startCollector() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        collector.createContext("/", exchange -> {
            paths.add(exchange.getRequestURI().getPath() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type"));
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stopCollector() {
        collector.stop(0);
    }

    private Setup tracing() {
        String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
        return Setup.PLAIN.with(new TracingSettings(
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, "OTEL_SERVICE_NAME", "the registry")));
    }

    @Test
    void a_request_goes_on_with_the_trace_of_its_client(@TempDir Path directory) throws IOException {
        try (TestServer server = TestServer.start(directory, tracing())) {
            server.send("POST", "/v2/a/blobs/uploads/", "traceparent", "00-" + TRACE + "-" + PARENT + "-01");
        } // whose end exports what is left

        assertThat(paths).isNotEmpty().containsOnly("/v1/traces application/x-protobuf");
        assertThat(String.join("", bodies))
                .contains(bytes(TRACE))
                .contains(bytes(PARENT))
                .contains("POST /v2/{name}/blobs/uploads")
                .contains("http.route", "http.response.status_code", "url.path", "/v2/a/blobs/uploads/")
                .contains("store put")
                .contains("service.name", "the registry");
    }

    @Test
    void a_client_that_does_not_want_to_be_traced_is_not(@TempDir Path directory) throws IOException {
        try (TestServer server = TestServer.start(directory, tracing())) {
            server.get("/v2/a/tags/list", "traceparent", "00-" + TRACE + "-" + PARENT + "-00");
        }

        assertThat(String.join("", bodies)).doesNotContain("GET /v2/{name}/tags/list");
    }

    @Test
    void an_import_is_traced(@TempDir Path directory) throws IOException {
        try (TestServer server = TestServer.start(directory, tracing())) {
            server.importDisk("vms/raw:1", new byte[1 << 20]);
        }

        assertThat(String.join("", bodies)).contains("dvcr.import.id", "dvcr.import.phase", "Succeeded");
    }

    @Test
    void a_collector_that_is_away_does_not_matter_to_clients(@TempDir Path directory) throws IOException {
        Setup away = Setup.PLAIN.with(new TracingSettings(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")));
        try (TestServer server = TestServer.start(directory, away)) {
            assertThat(server.get("/v2").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_EXPORTER_OTLP_ENDPOINT, http://collector:4318, '', '', true",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, http://collector:4318/v1/traces, '', '', true",
        "OTEL_TRACES_EXPORTER, otlp, '', '', true",
        "OTEL_TRACES_EXPORTER, none, OTEL_EXPORTER_OTLP_ENDPOINT, http://collector:4318, false",
        "OTEL_SDK_DISABLED, true, OTEL_EXPORTER_OTLP_ENDPOINT, http://collector:4318, false",
        "OTEL_SDK_DISABLED, false, OTEL_EXPORTER_OTLP_ENDPOINT, http://collector:4318, true",
        "OTEL_SERVICE_NAME, dvcr, PATH, /bin, false",
        "OTEL_EXPORTER_OTLP_ENDPOINT, '', PATH, /bin, false",
    })
    void it_is_on_if_the_environment_says_where_traces_go(
            String name, String value, String otherName, String otherValue, boolean on) {
        assertThat(new TracingSettings(Map.of(name, value, otherName, otherValue)).on())
                .isEqualTo(on);
    }

    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
    }
}
