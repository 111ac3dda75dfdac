package io.dvcr.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Server-sent events as dvcr's servers send them (WHATWG HTML, section 9.2). Where the stream ends or is cut, it is taken
 * up behind the last event. Not thread-safe.
 */
final class ServerEvents {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How long a server may be away, to start again for example, before it is given up. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Source source;
    private String lastId = "";
    private long heardAt = System.nanoTime();
    private boolean heard;

    /** Opens a stream of events. */
    @FunctionalInterface
    interface Source {

        /**
         * @param lastId of the last event that is known; empty for none
         * @return empty if there will be no more
         * @throws RefusedException if the server does not give it
         */
        Optional<InputStream> open(String lastId) throws IOException;
    }

    ServerEvents(Source source) {
        this.source = source;
    }

    /**
     * Gives the data of each event to {@code wantsMore}, until that says no or the server that there are no more.
     *
     * @throws IOException if the server refuses, is not there, or stays away
     */
    void follow(Predicate<JsonNode> wantsMore) throws IOException {
        while (true) {
            try {
                Optional<InputStream> stream = source.open(lastId);
                if (stream.isEmpty() || isEnough(stream.get(), wantsMore)) {
                    return;
                }
            } catch (RefusedException | InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (!heard || System.nanoTime() - heardAt > PATIENCE.toNanos()) {
                    throw e;
                }
            }
            pause();
        }
    }

    private boolean isEnough(InputStream stream, Predicate<JsonNode> wantsMore) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
            String id = lastId;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard = true;
                heardAt = System.nanoTime();
                if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("data: ")) {
                    lastId = id;
                    if (!wantsMore.test(JSON.readTree(line.substring("data: ".length())))) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
