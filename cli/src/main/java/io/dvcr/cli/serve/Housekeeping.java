package io.dvcr.cli.serve;

import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.GarbageReport;
import io.dvcr.storage.content.GarbageSettings;
import io.dvcr.storage.content.Retention;
import io.dvcr.storage.content.RetentionReport;
import io.dvcr.storage.content.UploadSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server does by itself from time to time: it forgets imports that ended long ago, removes uploads that nobody
 * goes on with, what retention rules do not keep, and garbage. Of several servers over one store one does, and a start
 * is no reason to: {@link Turns}. Thread-safe.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /** Part of the interval that is waited for longer, by chance, lest servers that start together look together. */
    private static final double MOST_LATE = 0.1;

    private static final Duration RETRY = Duration.ofMinutes(1);

    private final ContentStore content;
    private final Retention.Listener removals;
    private final Turns turns;
    private final EndedImports imports;
    private final LongSupplier nanoTime;
    private final DoubleSupplier chance;
    private final AtomicReference<UploadSettings> uploads;
    private final AtomicReference<GarbageSettings> garbage;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("housekeeping").factory());
    private long last; // in the time of nanoTime; this and what follows: guarded by this
    private double late;

    /** Forgets imports that ended long ago; returns how many. */
    interface EndedImports {
        int forget() throws IOException;
    }

    /**
     * @param removals told of what retention removes
     * @param turns whose turn it is among the servers that share the store
     * @param nanoTime a clock that only goes on, as {@link System#nanoTime} does
     * @param chance from 0 to 1
     * @throws IOException if the store does not tell when the last turn was
     */
    Housekeeping(
            ContentStore content,
            Retention.Listener removals,
            EndedImports imports,
            Turns turns,
            UploadSettings uploads,
            GarbageSettings garbage,
            LongSupplier nanoTime,
            DoubleSupplier chance)
            throws IOException {
        this.content = content;
        this.removals = removals;
        this.imports = imports;
        this.turns = turns;
        this.uploads = new AtomicReference<>(uploads);
        this.garbage = new AtomicReference<>(garbage);
        this.nanoTime = nanoTime;
        this.chance = chance;
        this.late = chance.getAsDouble() * MOST_LATE;
        this.last = nanoTime.getAsLong() - sinceLast(garbage.interval()).toNanos();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runs until it is closed and logs its own failures
    static Housekeeping start(
            ContentStore content,
            Retention.Listener removals,
            EndedImports imports,
            Turns turns,
            UploadSettings uploads,
            GarbageSettings garbage)
            throws IOException {
        Housekeeping housekeeping = new Housekeeping(
                content,
                removals,
                imports,
                turns,
                uploads,
                garbage,
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextDouble());
        housekeeping.timer.scheduleWithFixedDelay(housekeeping::look, 0, 1, TimeUnit.SECONDS);
        return housekeeping;
    }

    /** Holds from the next time. */
    void set(UploadSettings changed) {
        uploads.set(changed);
    }

    /** Holds at once: the next time is so long after the last as the interval is now. */
    void set(GarbageSettings changed) {
        garbage.set(changed);
    }

    /** Cleans if it is time. */
    synchronized void look() {
        Duration interval = garbage.get().interval();
        long wait = interval.toNanos() + (long) (late * interval.toNanos());
        if (nanoTime.getAsLong() - last >= wait) {
            Duration since = takeTurn(interval);
            last = nanoTime.getAsLong() - since.toNanos();
            late = chance.getAsDouble() * MOST_LATE;
        }
    }

    /** Returns how long ago the last turn seems to have been, so that the next is looked for when it is due. */
    private Duration takeTurn(Duration interval) {
        try {
            turns.take(interval, this::clean);
            return shorter(sinceLast(interval), beforeRetry(interval));
        } catch (IOException | RuntimeException e) {
            if (timer.isShutdown()) {
                LOG.atDebug().setCause(e).log("housekeeping was cut off by the server's end");
            } else {
                LOG.atWarn().setCause(e).log("housekeeping failed; it is tried again later");
            }
            return beforeRetry(interval);
        }
    }

    /** At most {@code interval}, and that if there was none. */
    private Duration sinceLast(Duration interval) throws IOException {
        Duration since = shorter(turns.sinceLast().orElse(interval), interval);
        return since.isNegative() ? Duration.ZERO : since;
    }

    private static Duration beforeRetry(Duration interval) {
        return interval.minus(shorter(RETRY, interval));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void clean() throws IOException {
        int forgotten = imports.forget();
        int expired = content.uploads().removeExpired(uploads.get().expireAfter());
        int leftovers = content.uploads().removeLeftovers(uploads.get().expireAfter());
        RetentionReport retention = content.retention().run(RepositoryPattern.ALL, removals);
        GarbageReport report = content.garbage().collect(garbage.get().grace(), false);
        LOG.atInfo()
                .addKeyValue("forgottenImports", forgotten)
                .addKeyValue("expiredUploads", expired)
                .addKeyValue("leftovers", leftovers)
                .addKeyValue("expiredTags", retention.tags())
                .addKeyValue("expiredManifests", retention.manifests())
                .addKeyValue("setAside", report.setAside())
                .addKeyValue("broughtBack", report.broughtBack())
                .addKeyValue("purged", report.purged())
                .addKeyValue("freedBytes", report.freedBytes())
                .addKeyValue("left", report.left())
                .addKeyValue("leftBytes", report.leftBytes())
                .addKeyValue("unreadableManifests", report.unreadableManifests())
                .log("housekeeping");
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
