package io.dvcr.importers.job;

import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.job.RunningConversion.Pushed;
import io.dvcr.importers.scratch.PassingScratch;
import io.dvcr.importers.unpack.UnpackLimits;
import io.dvcr.importers.unpack.UnpackRoom;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.Derivation;
import io.dvcr.storage.content.Derivation.Fault;
import io.dvcr.storage.content.Derivation.Phase;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.LeaseLostException;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.object.ObjectInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes disks, in the background, of what clients push as it is. That one is to be made is stored before the push is
 * acknowledged, as a {@link Derivation}, so what a crash or a restart cuts off is begun again; of several servers over one
 * store the one that has the lease for it does it. Thread-safe.
 */
public final class PushedConversions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PushedConversions.class);

    /** Between two looks at what other servers may have left. */
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(15);

    private final ContentStore content;
    private final ConversionPipeline pipeline;
    private final Leases leases;
    private final Clock clock;
    private final boolean enabled;
    private final Set<ObjectInfo> settled = new HashSet<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("conversion-watch").factory());
    private final ExecutorService workers;
    private final Map<Pushed, RunningConversion> active = new ConcurrentHashMap<>();
    private volatile boolean closing;

    private PushedConversions(
            ContentStore content,
            Leases leases,
            ConversionPipeline pipeline,
            Clock clock,
            ConversionSettings settings) {
        this.leases = leases;
        this.content = content;
        this.pipeline = pipeline;
        this.clock = clock;
        this.enabled = settings.enabled();
        this.workers = Executors.newFixedThreadPool(
                settings.concurrent(), Thread.ofVirtual().name("conversion-", 0).factory());
    }

    /**
     * Goes on with what was not finished when the server last stopped, and with what others leave when they die. That is
     * looked for in the background, as it takes the longer the more was ever converted.
     *
     * @param leases say which server does what
     * @param scratch a directory for what passes through, of conversions alone; what was left in it is removed
     * @param maxVirtualSizeBytes the largest disk, and the largest file that one is read from
     * @param room shared with imports
     */
    public static PushedConversions start(
            ContentStore content,
            Leases leases,
            ImageStore images,
            Path scratch,
            Clock clock,
            ConversionSettings settings,
            long maxVirtualSizeBytes,
            UnpackRoom room)
            throws IOException {
        UnpackLimits limits = new UnpackLimits(maxVirtualSizeBytes, settings.timeout(), room);
        ConversionPipeline pipeline =
                new ConversionPipeline(content.blobs(), images, PassingScratch.prepared(scratch), limits);
        PushedConversions conversions = new PushedConversions(content, leases, pipeline, clock, settings);
        conversions.lookLater(Duration.ZERO);
        return conversions;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // logs its own failures
    private void lookLater(Duration delay) {
        try {
            timer.schedule(this::look, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) { // the server is stopping
            LOG.atDebug().log("nobody looks for unfinished conversions any more");
        }
    }

    /** Who shares the store with others looks again and again; who has it alone, until that has succeeded once. */
    private void look() {
        boolean again = true;
        try {
            resume();
            again = leases.areShared();
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("which conversions were left unfinished could not be seen");
        }
        if (again) {
            lookLater(WATCH_INTERVAL);
        } else {
            settled.clear();
        }
    }

    private void resume() throws IOException {
        Map<Pushed, Derivation> unfinished = new TreeMap<>(
                Comparator.comparing((Pushed pushed) -> pushed.repository().value())
                        .thenComparing(pushed -> pushed.manifest().toString()));
        content.derivations()
                .forEachPending(
                        settled,
                        (repository, manifest, derivation) ->
                                unfinished.put(new Pushed(repository, manifest), derivation));
        unfinished.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.comparing(Derivation::begun)))
                .forEach(entry -> enqueue(entry.getKey()));
    }

    /**
     * A client has pushed {@code manifest} and given it a tag. If there may be a disk in it, it is stored that this is to
     * be converted; so is one whose conversion failed, for whoever pushes again wants it tried again.
     */
    public void pushed(RepositoryName repository, Digest manifest) throws IOException {
        Pushed pushed = new Pushed(repository, manifest);
        Optional<StoredManifest> stored = content.manifests().find(repository, new Reference.ByDigest(manifest));
        if (!enabled
                || active.containsKey(pushed)
                || stored.isEmpty()
                || !pipeline.mayHoldDisk(repository, stored.get())) {
            return;
        }
        Optional<Derivation> before = content.derivations().find(repository, manifest);
        if (before.isEmpty() || !isMade(repository, before.get())) {
            content.derivations().put(repository, manifest, Derivation.pending(clock.instant()));
            enqueue(pushed);
        }
    }

    /** A client has deleted {@code manifest}: what is being made of it is of no use. */
    public void deleted(RepositoryName repository, Digest manifest) {
        RunningConversion running = active.get(new Pushed(repository, manifest));
        if (running != null) {
            running.cancel();
        }
    }

    /** How far the conversion of {@code manifest} is; 0 if it has not begun. */
    public int percent(RepositoryName repository, Digest manifest) {
        RunningConversion running = active.get(new Pushed(repository, manifest));
        return running == null ? 0 : running.meter().now().percent();
    }

    private boolean isMade(RepositoryName repository, Derivation derivation) throws IOException {
        return derivation.derived().isPresent()
                && content.manifests()
                        .find(
                                repository,
                                new Reference.ByDigest(derivation.derived().get()))
                        .isPresent();
    }

    private void enqueue(Pushed pushed) {
        RunningConversion running = new RunningConversion(pushed);
        if (active.putIfAbsent(pushed, running) == null) {
            try {
                workers.execute(() -> run(running));
            } catch (
                    RejectedExecutionException e) { // the server is stopping: it is stored, and begun at the next start
                active.remove(pushed);
            }
        }
    }

    private void run(RunningConversion running) {
        Pushed pushed = running.pushed();
        Optional<Lease> right = Optional.empty();
        try {
            right = leases.tryTake(name(pushed));
            if (right.isPresent() && !closing && running.begin()) {
                convert(running, right.get());
            }
        } catch (LeaseLostException e) {
            LOG.atWarn().setCause(e).log("a conversion is left to other servers");
        } catch (IOException
                | RuntimeException
                | Error e) { // whatever it was, it must not seem to be converted for ever
            boolean cancelled = running.end();
            Thread.interrupted(); // how it ended still has to be stored
            if (!closing && !cancelled && right.filter(Lease::isHeld).isPresent()) {
                fail(pushed, e);
            }
        } finally {
            running.end();
            Thread.interrupted();
            active.remove(pushed);
            if (right.isPresent()) {
                forgetIfDeleted(pushed);
                release(right.get());
            }
        }
    }

    private static String name(Pushed pushed) {
        String what = pushed.repository() + "@" + pushed.manifest();
        return "conversions/"
                + Digest.sha256(what.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private static void release(Lease right) {
        try {
            right.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("other servers were not told that a conversion has ended");
        }
    }

    private void convert(RunningConversion running, Lease right) throws IOException {
        Pushed pushed = running.pushed();
        Optional<StoredManifest> manifest =
                content.manifests().find(pushed.repository(), new Reference.ByDigest(pushed.manifest()));
        Optional<Derivation> stored = content.derivations().find(pushed.repository(), pushed.manifest());
        if (manifest.isEmpty() || stored.isEmpty()) {
            return; // deleted meanwhile
        }
        if (stored.get().phase() != Phase.PENDING) {
            return; // another server has done it
        }
        Derivation pending = stored.get();
        Optional<Digest> disk = isMade(pushed.repository(), pending)
                ? pending.derived()
                : pipeline.run(new ConversionPipeline.Task(
                        pushed.repository(),
                        manifest.get(),
                        pending.begun(),
                        digest -> {
                            right.confirm();
                            put(pushed, pending.announcing(digest));
                        },
                        running.meter()));
        right.confirm();
        if (disk.isPresent()) {
            put(pushed, pending.ready(disk.get()));
        } else {
            content.derivations().delete(pushed.repository(), pushed.manifest()); // an ordinary image, after all
        }
    }

    private void fail(Pushed pushed, Throwable cause) {
        LOG.atLevel(ImportFailure.isOurs(cause) ? Level.ERROR : Level.DEBUG)
                .addKeyValue("repository", pushed.repository())
                .addKeyValue("manifest", pushed.manifest())
                .setCause(cause)
                .log("what was pushed was not converted");
        ImportFailure failure = ImportFailure.of(cause);
        try {
            Optional<Derivation> pending = content.derivations().find(pushed.repository(), pushed.manifest());
            if (pending.isPresent()) {
                put(pushed, pending.get().failed(new Fault(failure.code(), failure.message())));
            }
        } catch (IOException e) {
            notStored(pushed, e); // after a restart it is tried again
        }
    }

    /** If the manifest was deleted between two steps of its conversion, what was stored since goes after it. */
    private void forgetIfDeleted(Pushed pushed) {
        if (closing) {
            return;
        }
        try {
            content.removals().removeDerivedUnlessThere(pushed.repository(), pushed.manifest());
        } catch (IOException e) {
            notStored(pushed, e); // garbage collection will find it
        }
    }

    private static void notStored(Pushed pushed, IOException cause) {
        LOG.atError()
                .addKeyValue("repository", pushed.repository())
                .addKeyValue("manifest", pushed.manifest())
                .setCause(cause)
                .log("the end of a conversion was not stored");
    }

    private void put(Pushed pushed, Derivation derivation) throws IOException {
        content.derivations().put(pushed.repository(), pushed.manifest(), derivation);
    }

    /** Stops what is running; it runs again at the next start. */
    @Override
    public void close() {
        closing = true;
        timer.shutdownNow();
        workers.shutdownNow();
        workers.close();
    }
}
