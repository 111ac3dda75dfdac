package io.dvcr.importers.job;

import io.dvcr.converters.qemu.QemuNbd;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.lease.Fence;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.LeaseLostException;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.lease.LocalLeases;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * restart cut off runs again. Of several servers over one store each knows every job and may be asked for it; it runs on
 * the one that has the lease for its tag, and under that alone is stored what becomes of it. Thread-safe.
 */
public final class ImportJobs implements AutoCloseable, ImportWatch.Server {
    private static final Logger LOG = LoggerFactory.getLogger(ImportJobs.class);

    /** How long who cancels waits for what is cancelled to have stopped, which hardly ever takes as long. */
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(5);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final ObjectStore store;
    private final ImportRecords records;
    private final ImportPipeline pipeline;
    private final Clock clock;
    private final ImportLimits limits;
    private final ImportObserver observer;
    private final ImportFeed feed;
    private final Leases leases;
    private final ImportBoard board;
    private final ImportWatch watch;
    private final ImportQueue queue = new ImportQueue();
    private final Object submissions = new Object();
    private final Object positions = new Object();
    private final ExecutorService workers;
    private final Map<String, RunningImport> active = new ConcurrentHashMap<>();
    private volatile boolean closing;

    private ImportJobs(
            ObjectStore store,
            Leases leases,
            ImportPipeline pipeline,
            Clock clock,
            ImportLimits limits,
            ImportObserver observer) {
        this.store = store;
        this.records = new ImportRecords(store);
        this.leases = leases;
        this.board = new ImportBoard(store);
        this.watch = new ImportWatch(board, records, this);
        this.pipeline = pipeline;
        this.clock = clock;
        this.limits = limits;
        this.observer = observer;
        this.feed = new ImportFeed(System.currentTimeMillis()); // not the clock's: no two may be the same
        this.workers = Executors.newFixedThreadPool(
                limits.concurrent(), Thread.ofVirtual().name("import-", 0).factory());
    }

    /** As the other {@code start}, over a store that nobody else writes to. */
    public static ImportJobs start(
            ObjectStore store,
            ImageStore images,
            SourceOpener<ImportSource> sources,
            QemuNbd qemu,
            Path scratch,
            Clock clock,
            ImportLimits limits,
            FaceSettings faces,
            ImportObserver observer)
            throws IOException {
        return start(store, LocalLeases.over(store), images, sources, qemu, scratch, clock, limits, faces, observer);
    }

    /**
     * Takes up the jobs that were not finished when the server last stopped.
     *
     * @param leases say which server runs what
     * @param sources open what jobs import, of whatever kind
     * @param scratch a directory for what passes through; what was left in it is removed
     * @param faces which faces images get, if a request does not say
     * @param observer told of every run of a job
     */
    public static ImportJobs start(
            ObjectStore store,
            Leases leases,
            ImageStore images,
            SourceOpener<ImportSource> sources,
            QemuNbd qemu,
            Path scratch,
            Clock clock,
            ImportLimits limits,
            FaceSettings faces,
            ImportObserver observer)
            throws IOException {
        ScratchFile.prepare(scratch);
        ImportPipeline pipeline = new ImportPipeline(sources, images, qemu, scratch, limits, faces);
        ImportJobs jobs = new ImportJobs(store, leases, pipeline, clock, limits, observer);
        jobs.takeUpWhatWasCutOff();
        return jobs;
    }

    private void takeUpWhatWasCutOff() throws IOException {
        List<ImportJob> stored = records.all();
        stored.sort(Comparator.comparing(ImportJob::created));
        for (ImportJob job : stored) {
            if (!job.phase().ended() && leases.areShared()) {
                board.open(job.id()); // a server may have died before it could say so
            } else if (!job.phase().ended()) {
                LOG.atInfo().addKeyValue("import", job.id()).log("resuming an import that was cut off");
                enqueue(job.pendingAgain());
            }
        }
        if (leases.areShared()) {
            watch.start();
        }
    }

    /** Knows from here on what others had acknowledged before. */
    private void catchUp() throws IOException {
        if (leases.areShared()) {
            watch.look();
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
        catchUp();
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
            if (leases.areShared()) {
                board.open(job.id());
            }
            return enqueue(job).snapshot();
        }
    }

    /** @throws RegistryException with {@link NotFound} if there is no such job */
    public ImportJob get(String id) throws IOException {
        Optional<RunningImport> running = known(id);
        Optional<ImportJob> job = running.filter(this::isUpToDate).isPresent()
                ? running.map(RunningImport::snapshot)
                : records.find(id).map(this::asKnown);
        return job.orElseThrow(() -> new RegistryException(new NotFound("import " + id)));
    }

    /** Whether nobody else can know more of it. */
    private boolean isUpToDate(RunningImport running) {
        return running.isHere() || !leases.areShared();
    }

    /** What the store says of a job, or what is known here besides. */
    private ImportJob asKnown(ImportJob stored) {
        Optional<ImportJob> known = known(stored.id())
                .filter(running -> isUpToDate(running) || stored.phase() == ImportPhase.PENDING)
                .map(RunningImport::snapshot);
        return known.orElse(stored);
    }

    /** All jobs, the newest first. */
    public List<ImportJob> list() throws IOException {
        List<ImportJob> jobs = new ArrayList<>();
        records.all().forEach(stored -> jobs.add(asKnown(stored)));
        jobs.sort(Comparator.comparing(ImportJob::created).reversed());
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
        if (!active.containsKey(id)) {
            catchUp();
        }
        RunningImport running = active.get(id);
        if (running != null) {
            if (leases.areShared()) {
                board.cancel(id);
            }
            cancelled(running);
            running.awaitEnd(CANCEL_PATIENCE);
        }
        return get(id);
    }

    @Override
    public void cancelled(RunningImport running) throws IOException {
        if (!running.cancel()) {
            return; // who works on it stops
        }
        if (!leases.areShared()) {
            settle(running, running.snapshot().cancelled(), Fence.none(store), _ -> {}); // nobody began
            return;
        }
        Optional<Lease> right = leases.tryTake(target(running));
        if (right.isPresent()) {
            try (Lease lease = right.get()) {
                endUnstarted(running, lease);
            }
        } else if (active.values().stream().anyMatch(other -> other.isHereFor(running))) {
            endUnstarted(running, Fence.none(store)); // nobody else can begin it
        }
    }

    private void endUnstarted(RunningImport running, Fence fence) throws IOException {
        Optional<ImportJob> stored = records.findUndamaged(running.snapshot().id());
        if (stored.filter(job -> !job.phase().ended()).isPresent()) {
            settle(running, stored.get().cancelled(), fence, _ -> {});
        } else {
            ended(running, stored);
        }
    }

    @Override
    public Optional<RunningImport> known(String id) {
        return Optional.ofNullable(active.get(id));
    }

    @Override
    public List<RunningImport> known() {
        return List.copyOf(active.values());
    }

    @Override
    public void discovered(ImportJob job) {
        enqueue(job);
    }

    @Override
    public void news(RunningImport running, ImportJob stored) {
        running.follow(stored);
        feed.publish(running.snapshot());
        queue.putBack(running); // whoever has it may die
        offerTurn();
    }

    @Override
    public void ended(RunningImport running, Optional<ImportJob> stored) {
        stored.ifPresentOrElse(job -> conclude(running, job), () -> queue.remove(running));
        active.remove(running.snapshot().id());
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
            runIfAllowed(next.get());
            offerTurn(); // to one that had to wait for this one
        }
    }

    /** Runs it unless another server has the lease, or has done it. */
    private void runIfAllowed(RunningImport running) {
        try {
            Optional<Lease> right = leases.tryTake(target(running));
            if (right.isEmpty()) {
                running.leaveToOthers();
                return;
            }
            try (Lease lease = right.get()) {
                catchUp();
                Optional<ImportJob> stored = stored(running);
                if (!queue.isFirst(running)) {
                    running.leaveToOthers(); // one has become known that was asked for before
                } else if (stored.isEmpty() || stored.get().phase().ended()) {
                    ended(running, stored);
                } else {
                    run(running, stored.get(), lease);
                }
            }
        } catch (IOException e) {
            running.leaveToOthers();
            LOG.atWarn()
                    .addKeyValue("import", running.snapshot().id())
                    .setCause(e)
                    .log("an import has to wait");
        }
    }

    private Optional<ImportJob> stored(RunningImport running) throws IOException {
        ImportJob known = running.snapshot();
        return leases.areShared()
                ? records.findUndamaged(known.id()).map(job -> job.phase().ended() ? job : job.pendingAgain())
                : Optional.of(known);
    }

    private static String target(RunningImport running) {
        String name = running.request().repository() + ":" + running.request().tag();
        return "imports/" + Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private void run(RunningImport running, ImportJob stored, Lease lease) throws IOException {
        if (!running.begin(lease, stored)) {
            return;
        }
        tellPositions();
        ImportObserver.Ending ending = observer.begin(running.snapshot());
        ImportJob ended;
        try {
            records.save(running.snapshot(), lease);
            feed.publish(running.snapshot());
            ImageDetails image = work(running, lease);
            ended = running.snapshot().succeeded(image);
        } catch (IOException | RuntimeException | Error e) { // whatever it was, the job must not seem to run for ever
            if (running.isLost() || e instanceof LeaseLostException) {
                lost(running, ending);
                return;
            }
            ended = running.isCancelled() ? running.snapshot().cancelled() : failed(running.snapshot(), e);
        }
        running.stopWorking(); // a cancelled job still has to be stored
        settle(running, ended, lease, ending);
    }

    private void lost(RunningImport running, ImportObserver.Ending ending) throws IOException {
        running.stopWorking();
        running.leaveToOthers();
        ending.end(running.snapshot());
        LOG.atWarn()
                .addKeyValue("import", running.snapshot().id())
                .log("an import is left to other servers, which may have taken it over");
    }

    private ImageDetails work(RunningImport running, Fence fence) throws IOException {
        ImportJob job = running.snapshot();
        try (ProgressRecorder _ = ProgressRecorder.start(running, records, fence, feed::publish)) {
            return pipeline.run(job.request(), job.created(), fence, running.meter());
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
    private void settle(RunningImport running, ImportJob ended, Fence fence, ImportObserver.Ending ending) {
        boolean over = !closing || ended.phase() == ImportPhase.SUCCEEDED;
        try {
            ending.end(over ? ended : running.snapshot());
            if (over) {
                records.save(ended, fence);
                closeNotice(ended);
                if (fence instanceof Lease lease) {
                    lease.close(); // before the next to the same tag may begin
                }
                conclude(running, ended);
            }
            active.remove(ended.id());
        } catch (LeaseLostException e) {
            running.leaveToOthers(); // who has it by now will say how it ended
        } catch (IOException e) {
            LOG.atError().addKeyValue("import", ended.id()).setCause(e).log("the end of an import was not stored");
            conclude(running, ended); // and stays in memory: its clients are told; after a restart it runs again
        }
    }

    private void closeNotice(ImportJob ended) throws IOException {
        if (leases.areShared()) {
            board.remove(ended.id());
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

    /** How many jobs are in {@code phase}, of those that have not ended; those that run on other servers do not count. */
    public long countUnderWay(ImportPhase phase) {
        return active.values().stream()
                .filter(running -> running.snapshot().phase() == phase)
                .filter(running -> phase != ImportPhase.RUNNING || running.isHere())
                .count();
    }

    /** Stops what is running; it runs again at the next start. */
    @Override
    public void close() {
        closing = true;
        watch.close();
        feed.close();
        workers.shutdownNow();
        workers.close();
    }
}
