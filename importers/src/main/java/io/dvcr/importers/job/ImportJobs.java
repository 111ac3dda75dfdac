package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.converters.qemu.QemuNbd;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Imports as jobs. A job is stored before it is acknowledged and whenever its phase changes; one that a crash or a
 * restart cut off runs again. Thread-safe.
 */
public final class ImportJobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImportJobs.class);
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final ObjectStore store;
    private final ImportPipeline pipeline;
    private final Clock clock;
    private final ImportObserver observer;
    private final ExecutorService workers;
    private final Map<String, RunningImport> active = new ConcurrentHashMap<>();
    private volatile boolean closing;

    private ImportJobs(
            ObjectStore store, ImportPipeline pipeline, Clock clock, ImportLimits limits, ImportObserver observer) {
        this.store = store;
        this.pipeline = pipeline;
        this.clock = clock;
        this.observer = observer;
        this.workers = Executors.newFixedThreadPool(
                limits.concurrent(), Thread.ofVirtual().name("import-", 0).factory());
    }

    /**
     * Takes up the jobs that were not finished when the server last stopped.
     *
     * @param sources open what jobs import, of whatever kind
     * @param scratch a directory for what passes through; what was left in it is removed
     * @param faces which faces images get, if a request does not say
     * @param observer told of every run of a job
     */
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
        ScratchFile.prepare(scratch);
        ImportPipeline pipeline = new ImportPipeline(sources, images, qemu, scratch, limits, faces);
        ImportJobs jobs = new ImportJobs(store, pipeline, clock, limits, observer);
        List<ImportJob> stored = jobs.stored();
        stored.sort(Comparator.comparing(ImportJob::created));
        for (ImportJob job : stored) {
            if (!job.phase().ended()) {
                LOG.atInfo().addKeyValue("import", job.id()).log("resuming an import that was cut off");
                jobs.enqueue(ImportJob.pending(job.id(), job.request(), job.created()));
            }
        }
        return jobs;
    }

    /**
     * Stores a new job and queues it. If the very same import is under way already, that is the job.
     *
     * @throws RegistryException if it would come to nothing: {@link ImageStore#requireWritable}
     */
    public ImportJob submit(ImportRequest request) throws IOException {
        pipeline.requireWritable(request);
        synchronized (active) {
            for (RunningImport running : active.values()) {
                if (running.answers(request)) {
                    return running.snapshot();
                }
            }
            ImportJob job = ImportJob.pending(UUID.randomUUID().toString(), request, clock.instant());
            save(job);
            enqueue(job);
            return job;
        }
    }

    /** @throws RegistryException with {@link NotFound} if there is no such job */
    public ImportJob get(String id) throws IOException {
        RunningImport running = active.get(id);
        Optional<ImportJob> job = running == null ? load(id) : Optional.of(running.snapshot());
        return job.orElseThrow(() -> new RegistryException(new NotFound("import " + id)));
    }

    /** All jobs, the newest first. */
    public List<ImportJob> list() throws IOException {
        List<ImportJob> jobs = new ArrayList<>();
        for (ImportJob job : stored()) {
            RunningImport running = active.get(job.id());
            jobs.add(running == null ? job : running.snapshot());
        }
        jobs.sort(Comparator.comparing(ImportJob::created).reversed());
        return List.copyOf(jobs);
    }

    /**
     * Ends a job that has not ended; a job that has is left as it is.
     *
     * @throws RegistryException with {@link NotFound} if there is no such job
     */
    public ImportJob cancel(String id) throws IOException {
        RunningImport running = active.get(id);
        if (running != null && running.cancel()) {
            settle(running, running.snapshot().cancelled(), _ -> {}); // nobody began
        }
        return get(id);
    }

    private void enqueue(ImportJob job) {
        RunningImport running = new RunningImport(job);
        active.put(job.id(), running);
        workers.execute(() -> run(running));
    }

    private void run(RunningImport running) {
        if (closing || !running.begin()) {
            return;
        }
        ImportObserver.Ending ending = observer.begin(running.snapshot());
        ImportJob ended;
        try {
            save(running.snapshot());
            ImportJob job = running.snapshot();
            ImageDetails image = pipeline.run(job.request(), job.created(), running.meter());
            ended = running.snapshot().succeeded(image);
        } catch (IOException | RuntimeException | Error e) { // whatever it was, the job must not seem to run for ever
            ended = running.isCancelled() ? running.snapshot().cancelled() : failed(running.snapshot(), e);
        }
        settle(running, ended, ending);
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
        Thread.interrupted(); // a cancelled job still has to be stored
        boolean over = !closing || ended.phase() == ImportPhase.SUCCEEDED;
        try {
            ending.end(over ? ended : running.snapshot());
            if (over) {
                save(ended);
                running.settle(ended);
            }
            active.remove(ended.id());
        } catch (IOException e) {
            LOG.atError().addKeyValue("import", ended.id()).setCause(e).log("the end of an import was not stored");
            running.settle(ended); // and stays in memory: its clients are told; after a restart it runs again
        }
    }

    /** How many jobs are in {@code phase}, of those that have not ended. */
    public long countUnderWay(ImportPhase phase) {
        return active.values().stream()
                .filter(running -> running.snapshot().phase() == phase)
                .count();
    }

    private void save(ImportJob job) throws IOException {
        byte[] json = ImportJobJson.toJson(job).toString().getBytes(UTF_8);
        store.put(StoreLayout.importJob(job.id()), ByteBuffer.wrap(json));
    }

    private Optional<ImportJob> load(String id) throws IOException {
        return ID.matcher(id).matches() ? load(StoreLayout.importJob(id)) : Optional.empty();
    }

    private Optional<ImportJob> load(ObjectKey key) throws IOException {
        try (InputStream in = store.read(key, ByteRange.all(Integer.MAX_VALUE))) {
            return Optional.of(ImportJobJson.parse(in.readAllBytes()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** One damaged job must not keep the others from being listed, or the server from starting. */
    private Optional<ImportJob> loadUndamaged(ObjectKey key) throws IOException {
        try {
            return load(key);
        } catch (DamagedJobException e) {
            LOG.atError().addKeyValue("job", key).setCause(e).log("an import job is damaged and passed over");
            return Optional.empty();
        }
    }

    private List<ImportJob> stored() throws IOException {
        List<ImportJob> jobs = new ArrayList<>();
        ObjectPages.forEach(
                store,
                StoreLayout.IMPORTS,
                object -> loadUndamaged(object.key()).ifPresent(jobs::add));
        return jobs;
    }

    /** Stops what is running; it runs again at the next start. */
    @Override
    public void close() {
        closing = true;
        workers.shutdownNow();
        workers.close();
    }
}
