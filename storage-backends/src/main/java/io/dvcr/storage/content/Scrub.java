package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.ScrubFinding.Corrupt;
import io.dvcr.storage.content.ScrubFinding.Missing;
import io.dvcr.storage.content.ScrubFinding.Unreadable;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.LeaseLostException;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.lease.LocalLeases;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every blob again in the background, at a bounded rate, and looks whether all that manifests name is there. What
 * does not match its digest goes to {@code quarantine/}: it is unknown from then on, and pushing it again makes it good.
 * A scrub goes on after a restart, behind the last blob it had done; of several servers over one store one scrubs.
 * Thread-safe.
 */
public final class Scrub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
    private static final Duration SAVE_INTERVAL = Duration.ofSeconds(30);
    private static final Duration RETRY_INTERVAL = Duration.ofMinutes(1);

    /** Between two looks at what another server does. */
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

    private static final String LEASE = "scrub";
    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);
    private static final long MAX_STATE_BYTES = 16L << 20;

    private final ObjectStore store;
    private final ContentStore content;
    private final ScrubSettings settings;
    private final Leases leases;
    private final Clock clock;
    private final Thread worker = Thread.ofPlatform().daemon().name("scrub").unstarted(this::work);
    private Optional<ScrubState> state; // this and what follows: guarded by this
    private Instant saved = Instant.MIN;
    private Optional<Lease> turn = Optional.empty();
    private boolean stopping;

    private Scrub(ObjectStore store, ContentStore content, ScrubSettings settings, Leases leases, Clock clock)
            throws IOException {
        this.store = store;
        this.content = content;
        this.settings = settings;
        this.leases = leases;
        this.clock = clock;
        this.state = load();
    }

    /** As {@link #start(ObjectStore, ContentStore, ScrubSettings, Leases, Clock)}, where nobody else writes to the store. */
    public static Scrub start(ObjectStore store, ContentStore content, ScrubSettings settings, Clock clock)
            throws IOException {
        return start(store, content, settings, LocalLeases.over(store), clock);
    }

    /** Scrubs at once if that was never done or not ended, and else when it is time. */
    public static Scrub start(
            ObjectStore store, ContentStore content, ScrubSettings settings, Leases leases, Clock clock)
            throws IOException {
        Scrub scrub = new Scrub(store, content, settings, leases, clock);
        scrub.worker.start();
        return scrub;
    }

    /** The scrub that is under way, or else the last one; empty if there was none. What another server does shows in seconds. */
    public synchronized Optional<ScrubReport> report() {
        return state.map(ScrubState::report);
    }

    /** Begins a scrub unless one is under way, and returns what {@link #report} does from then on. */
    public synchronized ScrubReport begin() throws IOException {
        refresh();
        if (!isUnderWay()) {
            ScrubState begun = ScrubState.begun(ScrubReport.begun(clock.instant()));
            save(begun);
            state = Optional.of(begun);
            notifyAll();
        }
        return state.orElseThrow().report();
    }

    /** What another server may have done meanwhile. */
    private synchronized void refresh() throws IOException {
        if (leases.areShared() && turn.isEmpty()) {
            state = load();
        }
    }

    private boolean isUnderWay() {
        return state.filter(now -> now.report().ended().isEmpty()).isPresent();
    }

    private void work() {
        try {
            while (true) {
                try {
                    awaitTurn();
                    scrubAlone();
                } catch (StoppedException e) {
                    throw e;
                } catch (IOException | RuntimeException e) {
                    LOG.atWarn().setCause(e).log("a scrub failed; it will go on from there");
                    pause(RETRY_INTERVAL);
                }
            }
        } catch (StoppedException e) {
            // the server stops
        }
    }

    private synchronized void awaitTurn() throws IOException {
        refresh();
        while (!isUnderWay()) {
            Duration left = Duration.between(clock.instant(), due());
            if (!left.isPositive()) {
                return;
            }
            await(leases.areShared() && left.compareTo(LOOK_INTERVAL) > 0 ? LOOK_INTERVAL : left);
            refresh();
        }
    }

    /** Scrubs, or waits a moment if another server does. */
    private void scrubAlone() throws IOException {
        Optional<Lease> taken = leases.tryTake(LEASE);
        if (taken.isEmpty()) {
            pause(LOOK_INTERVAL);
            return;
        }
        try (Lease _ = taken.get()) {
            refresh(); // the one before may have ended it
            scrubIfDue(taken);
        }
    }

    private void scrubIfDue(Optional<Lease> taken) throws IOException {
        hold(taken);
        try {
            if (isDue()) {
                scrub(begun());
            }
        } finally {
            hold(Optional.empty());
        }
    }

    private synchronized void hold(Optional<Lease> lease) {
        turn = lease;
    }

    private synchronized boolean isDue() {
        return isUnderWay() || !due().isAfter(clock.instant());
    }

    private synchronized ScrubState begun() {
        if (!isUnderWay()) {
            state = Optional.of(ScrubState.begun(ScrubReport.begun(clock.instant())));
        }
        return state.orElseThrow();
    }

    private Instant due() {
        return state.flatMap(last -> last.report().ended())
                .map(ended -> ended.plus(settings.interval()))
                .orElse(Instant.EPOCH);
    }

    private void scrub(ScrubState from) throws IOException {
        Pace pace = new Pace(settings.bytesPerSecond(), System::nanoTime, this::pause);
        Quarantine quarantine = new Quarantine(store, content.garbage());
        try {
            new ScrubPass(
                            store,
                            new ManifestNeeds(store, content.blobs(), content.manifests()),
                            quarantine,
                            pace,
                            from,
                            new Progress())
                    .run();
            end();
        } catch (StoppedException e) {
            saveOrWarn();
            throw e;
        }
    }

    private synchronized void end() {
        ScrubState last = state.orElseThrow();
        ScrubReport report = last.report().ended(clock.instant());
        state = Optional.of(last.with(report));
        saveOrWarn();
        LOG.atInfo()
                .addKeyValue("blobs", report.blobs())
                .addKeyValue("bytes", report.bytes())
                .addKeyValue("corrupt", report.corrupt())
                .addKeyValue("unreadable", report.unreadable())
                .addKeyValue("missing", report.missing())
                .log("scrub ended");
    }

    private synchronized void at(ScrubState now) throws LeaseLostException {
        state = Optional.of(now);
        if (turn.isPresent()) {
            turn.get().requireHeld();
        }
        if (saved.plus(SAVE_INTERVAL).isBefore(clock.instant())) {
            saveOrWarn();
        }
    }

    private synchronized void found(ScrubFinding finding, ScrubState now) {
        switch (finding) {
            case Corrupt(Digest digest, long size) ->
                LOG.atWarn()
                        .addKeyValue("digest", digest)
                        .addKeyValue("bytes", size)
                        .log("a blob is corrupt and went to quarantine");
            case Unreadable(Digest digest, String reason) ->
                LOG.atWarn()
                        .addKeyValue("digest", digest)
                        .addKeyValue("reason", reason)
                        .log("a blob cannot be read");
            case Missing(Digest digest, RepositoryName repository, Digest manifest) ->
                LOG.atWarn()
                        .addKeyValue("digest", digest)
                        .addKeyValue("repository", repository)
                        .addKeyValue("manifest", manifest)
                        .log("what a manifest names is missing");
        }
        state = Optional.of(now);
        saveOrWarn();
    }

    private Optional<ScrubState> load() throws IOException {
        try (InputStream in = store.read(StoreLayout.SCRUB, ByteRange.all(MAX_STATE_BYTES))) {
            return ScrubJson.parse(in.readAllBytes()); // if it is damaged, a new scrub begins
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private void save(ScrubState now) throws IOException {
        if (turn.isPresent()) {
            turn.get().put(StoreLayout.SCRUB, ScrubJson.toJson(now));
        } else {
            store.put(StoreLayout.SCRUB, ScrubJson.toJson(now));
        }
        saved = clock.instant();
    }

    /** A scrub is worth its reading even if it cannot be recorded, on a full disk for example. */
    private void saveOrWarn() {
        try {
            save(state.orElseThrow());
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("where the scrub stands could not be stored");
        }
    }

    private synchronized void pause(Duration duration) throws StoppedException {
        long end = System.nanoTime() + duration.toNanos();
        long left = duration.toNanos();
        while (left > 0) {
            await(Duration.ofNanos(left));
            left = end - System.nanoTime();
        }
    }

    /** Waits that long at most, until {@link #begin} or {@link #close}. */
    private synchronized void await(Duration duration) throws StoppedException {
        try {
            if (!stopping) {
                TimeUnit.MILLISECONDS.timedWait(this, Math.max(1, duration.toMillis()));
            }
        } catch (InterruptedException e) {
            stopping = true;
        }
        if (stopping) {
            throw new StoppedException();
        }
    }

    /** Stops reading; the scrub goes on at the next start. */
    @Override
    public void close() {
        synchronized (this) {
            stopping = true;
            notifyAll();
        }
        try {
            worker.join(LONGEST_STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Progress implements ScrubPass.Listener {
        @Override
        public void at(ScrubState now) throws LeaseLostException {
            Scrub.this.at(now);
        }

        @Override
        public void found(ScrubFinding finding, ScrubState now) {
            Scrub.this.found(finding, now);
        }
    }

    private static final class StoppedException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
