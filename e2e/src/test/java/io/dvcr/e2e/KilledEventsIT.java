package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed before the endpoint of a webhook could be told of what was acknowledged. */
@EndToEnd
@Timeout(120)
class KilledEventsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> subjects = new CopyOnWriteArrayList<>();

    @Test
    void every_acknowledged_push_is_told_in_order_once_both_are_back(@TempDir Path directory) throws Exception {
        HttpServer gone = receiver(0);
        int port = gone.getAddress().getPort();
        gone.stop(0);
        Path configuration = Files.writeString(directory.resolve("dvcr.yaml"), """
                webhooks:
                  endpoints:
                    - name: test
                      url: http://127.0.0.1:%d/
                """.formatted(port));
        try (DvcrServer server = DvcrServer.registry(configuration)) {
            for (int i = 1; i <= 5; i++) {
                push(server, i);
            }
            server.kill();

            HttpServer back = receiver(port);
            try {
                server.restart();
                Eventually.holds("every event has come", DEADLINE, () -> subjects.contains("killed:5"));
            } finally {
                back.stop(0);
            }
        }
        assertThat(subjects).containsExactly("killed:1", "killed:2", "killed:3", "killed:4", "killed:5");
    }

    private static void push(DvcrServer server, int tag) throws Exception {
        String index = "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"n\":\"%d\"}}".formatted(tag);
        assertThat(server.http()
                        .put(
                                "/v2/killed/manifests/" + tag,
                                index.getBytes(UTF_8),
                                "Content-Type",
                                "application/vnd.oci.image.index.v1+json")
                        .status())
                .isEqualTo(201);
    }

    private HttpServer receiver(int port) throws IOException {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
        receiver.createContext("/", exchange -> {
            subjects.add(
                    JSON.readTree(exchange.getRequestBody()).path("subject").asText());
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        return receiver;
    }
}
