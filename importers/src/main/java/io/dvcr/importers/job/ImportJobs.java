package io.dvcr.importers.job;

import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.scratch.ImportScratch;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Imports as jobs. A job is stored before it is acknowledged and whenever its phase changes; one that a crash or a
 * restart cut off runs again. Thread-safe.
 */
public final class ImportJobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImportJobs.class);

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
    private final ImportObserver observer;
    private final ImportFeed feed;
    private final ImportQueue queue = new ImportQueue();
    private final Object submissions = new Object();
    private final Object positions = new Object();
    private final ExecutorService workers;
    private final Map<String, RunningImport> active = new ConcurrentHashMap<>();
    private volatile boolean closing;

    private ImportJobs(
            ImportRecords records, ImportPipeline pipeline, Clock clock, ImportLimits limits, ImportObserver observer) {
        this.records = records;
        this.pipeline = pipeline;
        this.clock = clock;
        this.limits = limits;
        this.observer = observer;
        this.feed = new ImportFeed(System.currentTimeMillis()); // not the clock's: no two may be the same
        this.workers = Executors.newFixedThreadPool(
                limits.concurrent(), Thread.ofVirtual().name("import-", 0).factory());
    }

    /**
     * Takes up the jobs that were not finished when the server last stopped.
     *
     * @param sources open what jobs import, of whatever kind
     * @param scratch a directory for what passes through; what was left in it is removed, but for what jobs that are
     *     not finished go on with
     * @param faces which faces images get, if a request does not say
     * @param observer told of every run of a job
     */
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
        ImportScratch kept = ImportScratch.prepared(scratch, images.holds());
        ImportPipeline pipeline = new ImportPipeline(sources, images, kept, limits, faces);
        ImportRecords records = new ImportRecords(store);
        Leftovers.remove(kept, records);
        ImportJobs jobs = new ImportJobs(records, pipeline, clock, limits, observer);
        jobs.takeUpWhatWasCutOff();
        return jobs;
    }

    private void takeUpWhatWasCutOff() throws IOException {
        List<ImportJob> stored = records.all();
        stored.sort(Comparator.comparing(ImportJob::created));
        for (ImportJob job : stored) {
            if (!job.phase().ended()) {
                LOG.atInfo().addKeyValue("import", job.id()).log("resuming an import that was cut off");
                enqueue(job.pendingAgain());
            }
        }
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
        synchronized (submissions) {
            Optional<RunningImport> last = queue.lastTo(request);
            if (last.isPresent() && last.get().answers(request)) {
                return last.get().snapshot();
            }
            ImportJob job = ImportJob.pending(UUID.randomUUID().toString(), request, clock.instant(), account);
            if (queue.countLike(job) >= limits.waiting()) {
                throw new RegistryException(
                        new TooManyRequests("you have " + limits.waiting() + " imports waiting already", RETRY_AFTER));
            }
            records.save(job);
            return enqueue(job).snapshot();
        }
    }

    /** @throws RegistryException with {@link NotFound} if there is no such job */
    public ImportJob get(String id) throws IOException {
        RunningImport running = active.get(id);
        Optional<ImportJob> job = running == null ? records.find(id) : Optional.of(running.snapshot());
        return job.orElseThrow(() -> new RegistryException(new NotFound("import " + id)));
    }

    /** All jobs, the newest first. */
    public List<ImportJob> list() throws IOException {
        List<ImportJob> jobs = new ArrayList<>();
        for (ImportJob job : records.all()) {
            RunningImport running = active.get(job.id());
            jobs.add(running == null ? job : running.snapshot());
        }
        jobs.sort(NEWEST_FIRST);
        return List.copyOf(jobs);
    }

    /** The jobs that have not ended, the oldest first. */
    public List<ImportJob> underWay() {
        return active.values().stream()
                .map(RunningImport::snapshot)
                .sorted(Comparator.comparing(ImportJob::created))
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
        RunningImport running = active.get(id);
        if (running != null) {
            if (running.cancel()) {
                settle(running, running.snapshot().cancelled(), _ -> {}); // nobody began
            }
            running.awaitEnd(CANCEL_PATIENCE);
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

    private RunningImport enqueue(ImportJob job) {
        RunningImport running = new RunningImport(job);
        active.put(job.id(), running);
        queue.add(running);
        tellPositions();
        offerTurn();
        return running;
    }

    /** Has a worker, as soon as one is free, look whose turn it is. */
    private void offerTurn() {
        try {
            workers.execute(this::takeTurn);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("the server is stopping: imports that wait go on at the next start");
        }
    }

    private void takeTurn() {
        Optional<RunningImport> next = closing ? Optional.empty() : queue.take();
        if (next.isPresent()) {
            run(next.get());
            offerTurn(); // to one that had to wait for this one
        }
    }

    private void run(RunningImport running) {
        if (!running.begin()) {
            return;
        }
        tellPositions();
        ImportObserver.Ending ending = observer.begin(running.snapshot());
        ImportJob ended;
        try {
            records.save(running.snapshot());
            feed.publish(running.snapshot());
            ImageDetails image = work(running);
            ended = running.snapshot().succeeded(image);
        } catch (IOException | RuntimeException | Error e) { // whatever it was, the job must not seem to run for ever
            ended = running.isCancelled() ? running.snapshot().cancelled() : failed(running.snapshot(), e);
        }
        running.stopWorking(); // a cancelled job still has to be stored
        settle(running, ended, ending);
    }

    private ImageDetails work(RunningImport running) throws IOException {
        ImportJob job = running.snapshot();
        try (ProgressRecorder _ = ProgressRecorder.start(running, records, feed::publish)) {
            return pipeline.run(job, running.meter());
        }
    }

    private ImportJob failed(ImportJob job, Throwable cause) {
        if (closing) {
            LOG.atDebug().addKeyValue("import", job.id()).setCause(cause).log("import cut off by the server's end");
        } else if (ImportFailure.isOurs(cause)) {
            LOG.atError().addKeyValue("import", job.id()).setCause(cause).log("import failed");
        } else {
            LOG.atDebug().addKeyValue("import", job.id()).setCause(cause).log("import refused");
        }
        return job.failed(ImportFailure.of(cause));
    }

    /** Stores how a job ended, unless the server is stopping: then the job is to run again. */
    private void settle(RunningImport running, ImportJob ended, ImportObserver.Ending ending) {
        boolean over = !closing || ended.phase() == ImportPhase.SUCCEEDED;
        try {
            ending.end(over ? ended : running.snapshot());
            if (over) {
                records.save(ended);
                pipeline.forget(ended);
                conclude(running, ended);
            }
            active.remove(ended.id());
        } catch (IOException e) {
            LOG.atError().addKeyValue("import", ended.id()).setCause(e).log("the end of an import was not stored");
            conclude(running, ended); // and stays in memory: its clients are told; after a restart it runs again
        }
    }

    private void conclude(RunningImport running, ImportJob ended) {
        running.settle(ended);
        queue.remove(running);
        feed.publish(ended);
        tellPositions();
    }

    private void tellPositions() {
        synchronized (positions) {
            int position = 0;
            for (RunningImport waiting : queue.order()) {
                if (waiting.moveTo(++position)) {
                    feed.publish(waiting.snapshot());
                }
            }
        }
    }

    /** How many callers have imports that wait: accounts, and namespaces that anonymous callers import to. */
    public int countWaitingParties() {
        return queue.parties();
    }

    /** How many jobs are in {@code phase}, of those that have not ended. */
    public long countUnderWay(ImportPhase phase) {
        return active.values().stream()
                .filter(running -> running.snapshot().phase() == phase)
                .count();
    }

    /** Stops what is running; it runs again at the next start. */
    @Override
    public void close() {
        closing = true;
        feed.close();
        workers.shutdownNow();
        workers.close();
    }
}
