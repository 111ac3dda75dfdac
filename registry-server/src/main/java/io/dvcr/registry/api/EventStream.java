package io.dvcr.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** Writes server-sent events: WHATWG HTML, section 9.2. Not thread-safe. */
final class EventStream {
    static final String CONTENT_TYPE = "text/event-stream";

    private static final Duration RECONNECT_AFTER = Duration.ofSeconds(2);

    private final OutputStream out;
    private long lastWritten = System.nanoTime();

    /** Tells the client how soon to come again if the stream is cut. */
    EventStream(OutputStream out) throws IOException {
        this.out = out;
        write("retry: " + RECONNECT_AFTER.toMillis() + "\n\n");
    }

    /** @param id what the client says, as {@code Last-Event-ID}, if it comes again */
    void event(String id, String type, JsonNode data) throws IOException {
        write("id: " + id + "\nevent: " + type + "\ndata: " + data + "\n\n"); // JSON is written on one line
    }

    /** A line that clients ignore, if nothing was sent for as long as {@code silence}: who is gone is noticed by it. */
    void keepAlive(Duration silence) throws IOException {
        if (System.nanoTime() - lastWritten >= silence.toNanos()) {
            write(":\n\n");
        }
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
        lastWritten = System.nanoTime();
    }
}
