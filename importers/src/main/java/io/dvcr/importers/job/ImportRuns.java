package io.dvcr.importers.job;

import io.dvcr.importers.image.ImageDetails;
import io.dvcr.storage.Digest;
import io.dvcr.storage.lease.Fence;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.LeaseLostException;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The imports that have not ended, as far as this server knows, and the workers that run them: one takes whose turn it is
 * and runs it if it gets the lease for its tag. Under that alone is stored what becomes of it. Thread-safe.
 */
final class ImportRuns implements ImportWatch.Server, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImportRuns.class);

    private final ObjectStore store;
    private final ImportRecords records;
    private final Leases leases;
    private final ImportPipeline pipeline;
    private final ImportObserver observer;
    private final ImportFeed feed;
    private final ImportBoard board;
    private final ImportWatch watch;
    private final ImportQueue queue = new ImportQueue();
    private final Object positions = new Object();
    private final ExecutorService workers;
    private final Map<String, RunningImport> active = new ConcurrentHashMap<>();
    private volatile boolean closing;

    /** @param concurrent how many run at once */
    ImportRuns(
            ObjectStore store,
            Leases leases,
            ImportPipeline pipeline,
            ImportObserver observer,
            ImportFeed feed,
            int concurrent) {
        this.store = store;
        this.records = new ImportRecords(store);
        this.leases = leases;
        this.pipeline = pipeline;
        this.observer = observer;
        this.feed = feed;
        this.board = new ImportBoard(store);
        this.watch = new ImportWatch(board, records, this);
        this.workers = Executors.newFixedThreadPool(
                concurrent, Thread.ofVirtual().name("import-", 0).factory());
    }

    /** Takes up the jobs that were cut off, and those of other servers from now on. */
    void start() throws IOException {
        List<ImportJob> stored = records.all();
        stored.sort(ImportQueue.ORDER);
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

    /** Whose turn it is. */
    ImportQueue queue() {
        return queue;
    }

    /** Stores a new job and has it run. */
    RunningImport add(ImportJob job) throws IOException {
        records.save(job);
        if (leases.areShared()) {
            board.open(job.id());
        }
        return enqueue(job);
    }

    /** Ends a job that has not ended, here or elsewhere, sooner or later. */
    void cancel(RunningImport running) throws IOException {
        if (leases.areShared()) {
            board.cancel(running.snapshot().id());
        }
        cancelled(running);
    }

    /** Whether nobody else can know more of it. */
    boolean isUpToDate(RunningImport running) {
        return running.isHere() || !leases.areShared();
    }

    /** Knows from here on what others had acknowledged before. */
    void catchUp() throws IOException {
        if (leases.areShared()) {
            watch.look();
        }
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
        feed.publish(enqueue(job).snapshot());
    }

    @Override
    public void news(RunningImport running, ImportJob stored) {
        if (running.follow(stored)) {
            feed.publish(running.snapshot());
        }
        queue.putBack(running); // whoever has it may die
        offerTurn();
    }

    @Override
    public void ended(RunningImport running, Optional<ImportJob> stored) {
        stored.ifPresentOrElse(job -> conclude(running, job), () -> queue.remove(running));
        active.remove(running.snapshot().id());
    }

    RunningImport enqueue(ImportJob job) {
        RunningImport running = new RunningImport(job);
        RunningImport known = active.putIfAbsent(job.id(), running);
        if (known != null) {
            return known;
        }
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
            if (leases.areShared()) {
                board.begin(running.snapshot().id());
            }
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
            return pipeline.run(job, fence, running.meter());
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
                pipeline.forget(ended); // first: its room may be what storing takes
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
            if (leases.areShared()) {
                running.leaveToOthers(); // runs again, wherever the store is reached first
            } else {
                conclude(running, ended); // and stays in memory: its clients are told; after a restart it runs again
            }
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

    /** Stops what is running; it runs again at the next start, or on another server. */
    @Override
    public void close() {
        closing = true;
        watch.close();
        workers.shutdownNow();
        workers.close();
    }
}
