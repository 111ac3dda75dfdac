package io.dvcr.importers.job;

import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.scratch.ImportScratch;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.importers.unpack.UnpackRoom;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.lease.LocalLeases;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Imports as jobs. A job is stored before it is acknowledged and whenever its phase changes; one that a crash or a
 * restart cut off runs again. Of several servers over one store each knows every job and may be asked for it; it runs on
 * one of them. Thread-safe.
 */
public final class ImportJobs implements AutoCloseable {
    /** How long who cancels waits for what is cancelled to have stopped, which hardly ever takes as long. */
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(5);

    /** The order of {@link #list}. */
    public static final Comparator<ImportJob> NEWEST_FIRST =
            Comparator.comparing(ImportJob::created).reversed().thenComparing(ImportJob::id);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final ImportRecords records;
    private final ImportPipeline pipeline;
    private final Clock clock;
    private final ImportLimits limits;
    /** No two of all servers, before and after a restart, may be the same. */
    private final ImportFeed feed = new ImportFeed(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));

    private final ImportRuns runs;
    private final Object submissions = new Object();

    private ImportJobs(
            ObjectStore store,
            Leases leases,
            ImportPipeline pipeline,
            Clock clock,
            ImportLimits limits,
            ImportObserver observer) {
        this.records = new ImportRecords(store);
        this.pipeline = pipeline;
        this.clock = clock;
        this.limits = limits;
        this.runs = new ImportRuns(store, leases, pipeline, observer, feed, limits.concurrent());
    }

    /** As the other {@code start}, over a store that nobody else writes to. */
    public static ImportJobs start(
            ObjectStore store,
            ImageStore images,
            SourceOpener<ImportSource> sources,
            Path scratch,
            Clock clock,
            ImportLimits limits,
            FaceSettings faces,
            ImportObserver observer)
            throws IOException {
        return start(
                store,
                LocalLeases.over(store),
                images,
                sources,
                scratch,
                clock,
                limits,
                faces,
                observer,
                new UnpackRoom());
    }

    /**
     * Takes up the jobs that were not finished when the server last stopped.
     *
     * @param leases say which server runs what
     * @param sources open what jobs import, of whatever kind
     * @param scratch a directory of this server's own for what passes through; what was left in it is removed, but for
     *     what jobs that are not finished go on with
     * @param faces which faces images get, if a request does not say
     * @param observer told of every run of a job
     * @param room to unpack in, shared with conversions
     */
    public static ImportJobs start(
            ObjectStore store,
            Leases leases,
            ImageStore images,
            SourceOpener<ImportSource> sources,
            Path scratch,
            Clock clock,
            ImportLimits limits,
            FaceSettings faces,
            ImportObserver observer,
            UnpackRoom room)
            throws IOException {
        ImportScratch kept = ImportScratch.prepared(scratch, images.holds());
        Leftovers.remove(kept, new ImportRecords(store));
        ImportPipeline pipeline = new ImportPipeline(sources, images, kept, limits, faces, room);
        ImportJobs jobs = new ImportJobs(store, leases, pipeline, clock, limits, observer);
        jobs.runs.start();
        return jobs;
    }

    /** As {@link #submit(ImportRequest, Optional)}, for nobody in particular. */
    public ImportJob submit(ImportRequest request) throws IOException {
        return submit(request, Optional.empty());
    }

    /**
     * Stores a new job and queues it. If the very same import is under way already, and none to the same tag was asked
     * for after it, that is the job.
     *
     * @param account who asks, if that is known
     * @throws RegistryException if it would come to nothing: {@link ImageStore#requireWritable}; or with
     *     {@link TooManyRequests} if too many wait already
     */
    public ImportJob submit(ImportRequest request, Optional<String> account) throws IOException {
        pipeline.requireWritable(request);
        runs.catchUp();
        synchronized (submissions) {
            Optional<RunningImport> last = runs.queue().lastTo(request);
            if (last.isPresent() && last.get().answers(request)) {
                return last.get().snapshot();
            }
            ImportJob job = ImportJob.pending(UUID.randomUUID().toString(), request, clock.instant(), account);
            if (runs.queue().countLike(job) >= limits.waiting()) {
                throw new RegistryException(
                        new TooManyRequests("you have " + limits.waiting() + " imports waiting already", RETRY_AFTER));
            }
            return runs.add(job).snapshot();
        }
    }

    /** @throws RegistryException with {@link NotFound} if there is no such job */
    public ImportJob get(String id) throws IOException {
        Optional<RunningImport> running = runs.known(id);
        Optional<ImportJob> job = running.filter(runs::isUpToDate).isPresent()
                ? running.map(RunningImport::snapshot)
                : records.find(id).map(this::asKnown);
        return job.orElseThrow(() -> new RegistryException(new NotFound("import " + id)));
    }

    /** What the store says of a job, or what is known here besides. */
    private ImportJob asKnown(ImportJob stored) {
        Optional<ImportJob> known = runs.known(stored.id())
                .filter(running -> runs.isUpToDate(running) || stored.phase() == ImportPhase.PENDING)
                .map(RunningImport::snapshot);
        return known.orElse(stored);
    }

    /** All jobs, the newest first. */
    public List<ImportJob> list() throws IOException {
        List<ImportJob> jobs = new ArrayList<>();
        records.all().forEach(stored -> jobs.add(asKnown(stored)));
        jobs.sort(NEWEST_FIRST);
        return List.copyOf(jobs);
    }

    /** The jobs that have not ended, the oldest first. */
    public List<ImportJob> underWay() {
        return runs.known().stream()
                .map(RunningImport::snapshot)
                .sorted(ImportQueue.ORDER)
                .toList();
    }

    /** What happens to the jobs. */
    public ImportFeed feed() {
        return feed;
    }

    /**
     * Ends a job that has not ended, whatever it is at; a job that has is left as it is.
     *
     * @return the job as it ended; if it takes long to stop, as it still runs
     * @throws RegistryException with {@link NotFound} if there is no such job
     */
    public ImportJob cancel(String id) throws IOException {
        if (runs.known(id).isEmpty()) {
            runs.catchUp();
        }
        Optional<RunningImport> running = runs.known(id);
        if (running.isPresent()) {
            runs.cancel(running.get());
            running.get().awaitEnd(CANCEL_PATIENCE);
        }
        return get(id);
    }

    /**
     * Forgets the jobs that ended so long ago, or before so many others, that they are not to be known any more.
     *
     * @return how many
     */
    public int forgetEnded() throws IOException {
        ImportHistory history = limits.history();
        return records.removeEnded(clock.instant().minus(history.keep()), history.atMost());
    }

    /** How many callers have imports that wait: accounts, and namespaces that anonymous callers import to. */
    public int countWaitingParties() {
        return runs.queue().parties();
    }

    /** How many jobs are in {@code phase}, of those that have not ended; those that run on other servers do not count. */
    public long countUnderWay(ImportPhase phase) {
        return runs.known().stream()
                .filter(running -> running.snapshot().phase() == phase)
                .filter(running -> phase != ImportPhase.RUNNING || runs.isUpToDate(running))
                .count();
    }

    /** Stops what is running; it runs again at the next start, or on another server. */
    @Override
    public void close() {
        feed.close();
        runs.close();
    }
}
