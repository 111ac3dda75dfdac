package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.importers.job.ImportFailure;
import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.job.ImportJobJson;
import io.dvcr.importers.job.ImportJobs;
import io.dvcr.importers.job.ImportPhase;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.ImageRefused;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a client is told that waits for the end of its import. Thread-safe. */
record ImportOutcome(ImportJobs jobs) {
    /** Less than proxies between wait for a server that says nothing, which is a minute with most. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static final long MAX_PATIENCE_SECONDS = Duration.ofHours(1).toSeconds();
    private static final Duration INTERVAL = Duration.ofMillis(20);

    /** RFC 7240, sections 4.1 and 4.3. */
    private static final Pattern PREFERENCE =
            Pattern.compile("(?:.*[,;\\s])?(?:wait=(\\d{1,9})|respond-async)(?:[,;\\s].*)?");

    /** How long the client would have this wait: what {@code Prefer} says of it, else what proxies bear. */
    static Duration patience(Request request) {
        Matcher preference = PREFERENCE.matcher(request.header("Prefer").orElse(""));
        if (!preference.matches()) {
            return PATIENCE;
        }
        String seconds = preference.group(1);
        return seconds == null
                ? Duration.ZERO
                : Duration.ofSeconds(Math.min(Long.parseLong(seconds), MAX_PATIENCE_SECONDS));
    }

    /**
     * Waits for the end of {@code job}, for {@code patience} at most.
     *
     * @param location where its client may ask for it later
     * @throws RegistryException with {@link ImageRefused} if it failed
     */
    Reply await(ImportJob job, Duration patience, String location) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        ImportJob now = job;
        while (!now.phase().ended() && System.nanoTime() < deadline) {
            pause();
            now = jobs.get(job.id());
        }
        return reply(now, location);
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(INTERVAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while an import was waited for");
        }
    }

    private static Reply reply(ImportJob job, String location) {
        if (job.failure().isPresent()) {
            ImportFailure failure = job.failure().get();
            throw new RegistryException(new ImageRefused(failure.code(), failure.message()));
        }
        if (job.phase() == ImportPhase.CANCELLED) {
            throw new RegistryException(new Conflict("the import " + job.id() + " was cancelled"));
        }
        JsonNode json = ImportJobJson.toJson(job);
        return job.phase().ended()
                ? JsonReply.of(201, json)
                        .with(
                                "Location",
                                "/api/v1/images/" + job.request().repository() + "/"
                                        + job.request().tag())
                : JsonReply.of(202, json).with("Location", location);
    }
}
