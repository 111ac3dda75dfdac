package io.dvcr.registry.api;

import io.dvcr.importers.job.ImportFeed;
import io.dvcr.importers.job.ImportFeed.Change;
import io.dvcr.importers.job.ImportFeed.Place;
import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.job.ImportJobJson;
import io.dvcr.importers.job.ImportJobs;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Reply.Body;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * {@code GET /api/v1/imports/events} and {@code GET /api/v1/imports/<id>/events}: imports as they change, as server-sent
 * events whose data is what a {@code GET} of the job answers. Of each job the latest state alone is sent, so a client that
 * is slow misses some and costs no memory.
 */
final class ImportEventsEndpoint {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** Then the client comes again, and what it may see is judged again. */
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Each is a request that is under way: they must not take all the places of the others. */
    private static final int MAX_STREAMS = 256;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    /** The id of the event that tells of a job's end on a stream for that job alone. */
    private static final String END = "end";

    private final ImportJobs jobs;
    private final Semaphore streams = new Semaphore(MAX_STREAMS);

    ImportEventsEndpoint(ImportJobs jobs) {
        this.jobs = jobs;
    }

    /** What is sent: what of the past a client has yet to learn, and then what happens. */
    private record Following(List<ImportJob> known, Place place, Predicate<ImportJob> wanted, boolean single) {}

    /**
     * Of all jobs that the caller may see: first those that are under way, or, to a client that comes again, what it
     * missed; all there are, if nobody knows any more what that was.
     */
    Reply all(Request request) throws IOException {
        ImportFeed feed = jobs.feed();
        Place now = feed.end();
        Predicate<ImportJob> visible = job -> ImportEndpoint.isVisible(request, job);
        Optional<String> last = request.header("Last-Event-ID");
        Optional<Place> missed = last.flatMap(Place::parse).filter(feed::knows);
        if (missed.isPresent()) {
            return stream(new Following(List.of(), missed.get(), visible, false));
        }
        List<ImportJob> known = last.isPresent() ? jobs.list().reversed() : jobs.underWay();
        return stream(new Following(known.stream().filter(visible).toList(), now, visible, false));
    }

    /** Of one job, to its end. 204, which ends all attempts to connect again, for who knows of the end. */
    Reply one(Request request) throws IOException {
        Place now = jobs.feed().end();
        ImportJob job = ImportEndpoint.find(jobs, request);
        if (job.phase().ended()
                && request.header("Last-Event-ID").filter(END::equals).isPresent()) {
            return Reply.of(204);
        }
        return stream(new Following(List.of(job), now, other -> other.id().equals(job.id()), true));
    }

    private Reply stream(Following following) {
        if (!streams.tryAcquire()) {
            throw new RegistryException(
                    new TooManyRequests("there are " + MAX_STREAMS + " streams of events already", RETRY_AFTER));
        }
        return Reply.of(200, new Body.Live(out -> write(following, out), streams::release))
                .with("Content-Type", EventStream.CONTENT_TYPE)
                .with("Cache-Control", "no-store")
                .with("X-Accel-Buffering", "no"); // or nginx would hold events back
    }

    private void write(Following following, OutputStream out) throws IOException {
        EventStream events = new EventStream(out);
        for (ImportJob job : following.known()) {
            if (send(events, following, following.place(), job)) {
                return;
            }
        }
        follow(following, events);
    }

    private void follow(Following following, EventStream events) throws IOException {
        ImportFeed feed = jobs.feed();
        Place place = following.place();
        long start = System.nanoTime();
        while (!feed.isClosed() && System.nanoTime() - start < LONGEST.toNanos()) {
            for (Change change : changes(feed, place)) {
                place = change.place();
                if (following.wanted().test(change.job()) && send(events, following, place, change.job())) {
                    return;
                }
            }
            events.keepAlive(HEARTBEAT);
        }
    }

    /** Returns whether that was the last. */
    private static boolean send(EventStream events, Following following, Place place, ImportJob job)
            throws IOException {
        boolean last = following.single() && job.phase().ended();
        events.event(last ? END : place.toString(), "import", ImportJobJson.toJson(job));
        return last;
    }

    private static List<Change> changes(ImportFeed feed, Place place) throws InterruptedIOException {
        try {
            return feed.after(place, HEARTBEAT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for events");
        }
    }
}
