package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.registry.FileServer;
import io.dvcr.registry.RegistryTest;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** {@code /api/v1/imports/events} and {@code /api/v1/imports/<id>/events}. */
class ImportEventsTest extends RegistryTest {
    private static final byte[] DISK = bytes(3 << 20);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One event. */
    private record Event(String id, JsonNode job) {
        String phase() {
            return job.path("phase").asText();
        }
    }

    /** A stream of events as it comes. */
    private final class Events implements Closeable {
        private final HttpResponse<InputStream> reply;
        private final BufferedReader lines;

        Events(String path, String... headers) throws IOException {
            reply = server.open("GET", path, headers);
            lines = new BufferedReader(new InputStreamReader(reply.body(), UTF_8));
        }

        /** The next event; empty at the end of the stream. */
        Optional<Event> next() throws IOException {
            String id = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    return Optional.of(new Event(id, JSON.readTree(line.substring(6))));
                } else {
                    assertThat(line).isIn("", ":", "retry: 2000", "event: import");
                }
            }
            return Optional.empty();
        }

        Event awaitEnd(String target) throws IOException {
            while (true) {
                Event event = next().orElseThrow();
                boolean ended =
                        !event.phase().equals("Pending") && !event.phase().equals("Running");
                if (ended && event.job().path("target").asText().equals(target)) {
                    return event;
                }
            }
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    private String submit(FileServer source, String tag) throws IOException {
        HttpResponse<byte[]> reply = server.requestImport(repository + ":" + tag, source.url());
        assertThat(reply.statusCode()).isEqualTo(202);
        return header(reply, "Location");
    }

    @Test
    void a_job_is_followed_to_its_end() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        try (FileServer source = FileServer.serving(DISK, go)) {
            String location = submit(source, "12");
            try (Events events = new Events(location + "/events")) {
                assertThat(events.reply.statusCode()).isEqualTo(200);
                assertThat(header(events.reply, "Content-Type")).isEqualTo("text/event-stream");
                assertThat(header(events.reply, "Cache-Control")).isEqualTo("no-store");
                int percent = 0;
                Event event = events.next().orElseThrow();
                while (!event.phase().equals("Succeeded")) {
                    assertThat(event.phase()).isIn("Pending", "Running");
                    assertThat(event.job().path("progress").path("percent").asInt())
                            .isBetween(percent, 99);
                    percent = event.job().path("progress").path("percent").asInt();
                    if (percent > 0) {
                        go.countDown();
                    }
                    event = events.next().orElseThrow();
                }
                assertThat(event.job()).isEqualTo(json(server.get(location)));
                assertThat(event.id()).isEqualTo("end");
                assertThat(events.next()).isEmpty();
            }
        }
    }

    @Test
    void a_job_that_has_ended_is_told_once() throws IOException {
        try (FileServer source = FileServer.serving(DISK)) {
            String location = submit(source, "12");
            server.awaitImport(location);
            String id;
            try (Events events = new Events(location + "/events")) {
                Event event = events.next().orElseThrow();
                assertThat(event.phase()).isEqualTo("Succeeded");
                assertThat(events.next()).isEmpty();
                id = event.id();
            }
            assertThat(server.send("GET", location + "/events", new byte[0], "Last-Event-ID", id)
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void who_comes_again_gets_what_they_missed() throws IOException {
        try (FileServer source = FileServer.serving(DISK)) {
            Event first;
            try (Events events = new Events("/api/v1/imports/events")) {
                submit(source, "1");
                first = events.awaitEnd(repository + ":1");
            }
            server.awaitImport(submit(source, "2"));
            try (Events events = new Events("/api/v1/imports/events", "Last-Event-ID", first.id())) {
                Event missed = events.next().orElseThrow();
                assertThat(missed.job().path("target").asText()).isEqualTo(repository + ":2");
                assertThat(missed.phase()).isEqualTo("Succeeded");
            }
        }
    }

    @Test
    void who_comes_from_another_time_gets_everything() throws IOException {
        try (FileServer source = FileServer.serving(DISK)) {
            server.awaitImport(submit(source, "1"));
            for (String unknown : new String[] {"1-1", "end", "nonsense"}) {
                try (Events events = new Events("/api/v1/imports/events", "Last-Event-ID", unknown)) {
                    assertThat(events.awaitEnd(repository + ":1").phase()).isEqualTo("Succeeded");
                }
            }
        }
    }

    @Test
    void who_comes_for_the_first_time_gets_what_is_under_way_alone() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        try (FileServer done = FileServer.serving(DISK);
                FileServer source = FileServer.serving(DISK, go)) {
            server.awaitImport(submit(done, "1"));
            submit(source, "2");
            try (Events events = new Events("/api/v1/imports/events")) {
                assertThat(events.next().orElseThrow().job().path("target").asText())
                        .isEqualTo(repository + ":2");
            }
            go.countDown();
        }
    }

    @Test
    void a_client_that_goes_away_disturbs_nobody() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        try (FileServer source = FileServer.serving(DISK, go)) {
            String location = submit(source, "1");
            for (int i = 0; i < 20; i++) {
                try (Events events = new Events(location + "/events")) {
                    assertThat(events.next()).isPresent();
                }
            }
            go.countDown();
            assertThat(server.awaitImport(location).path("phase").asText()).isEqualTo("Succeeded");
        }
    }

    @Test
    void the_events_of_no_job_are_not_there() throws IOException {
        assertProblem(server.get("/api/v1/imports/x/events"), 404, "does not exist");
    }

    @Test
    void a_head_request_ends_at_once() throws IOException {
        assertThat(server.send("HEAD", "/api/v1/imports/events").statusCode()).isEqualTo(200);
    }
}
