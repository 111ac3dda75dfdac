package io.dvcr.importers.mirror;

import io.dvcr.importers.mirror.KeptContent.Kept;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is kept of mirrored registries within its bound, while all is served: the longest unused goes, but nothing
 * that is pinned or in use. Everything that it removes can be fetched again, and each blob is whole or known not to be at
 * every moment, so a crash needs no repair. Thread-safe.
 */
final class CacheKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CacheKeeper.class);

    /** Other replicas add and remove, too. */
    private static final Duration COUNT_AGAIN_AFTER = Duration.ofMinutes(10);

    private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(3);

    private final ObjectStore store;
    private final MirrorSettings settings;
    private final MirrorRecords records;
    private final ContentCache content;
    private final Clock clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("mirror-cache").factory());
    private Instant counted = Instant.MIN;

    /** When to try again because what could go was in use. */
    private Instant again = Instant.MAX;

    private volatile CacheReport report;

    private CacheKeeper(
            ObjectStore store, MirrorSettings settings, MirrorRecords records, ContentCache content, Clock clock) {
        this.store = store;
        this.settings = settings;
        this.records = records;
        this.content = content;
        this.clock = clock;
        this.report = new CacheReport(0, settings.maxBytes(), 0, 0, 0);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runs until it is closed and logs its own failures
    static CacheKeeper start(
            ObjectStore store, MirrorSettings settings, MirrorRecords records, ContentCache content, Clock clock) {
        CacheKeeper keeper = new CacheKeeper(store, settings, records, content, clock);
        keeper.timer.scheduleWithFixedDelay(keeper::look, 0, 1, TimeUnit.SECONDS);
        return keeper;
    }

    CacheReport report() {
        return report;
    }

    private void look() {
        try {
            long added = content.takeAdded();
            boolean unsure = counted.plus(COUNT_AGAIN_AFTER).isBefore(clock.instant());
            if (unsure) {
                setBytes(KeptContent.totalBytes(store));
                counted = clock.instant();
            } else {
                setBytes(report.bytes() + added);
            }
            boolean changed = added > 0 || unsure || clock.instant().isAfter(again);
            if (report.bytes() > settings.maxBytes() && changed) {
                makeRoom();
            }
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("no room could be made in what is kept of mirrored registries");
        }
    }

    private void setBytes(long bytes) {
        CacheReport last = report;
        report = new CacheReport(bytes, last.maxBytes(), last.pinnedBytes(), last.removed(), last.removedBytes());
    }

    /** A tenth more than is needed, so that it is not needed again at once. */
    private void makeRoom() throws IOException {
        KeptContent kept = KeptContent.list(store, content);
        Set<CacheKey> pinned = PinnedContent.find(settings.registries(), settings.pinned(), records, content);
        long bytes = kept.all().stream().mapToLong(Kept::bytes).sum();
        long target = settings.maxBytes() - settings.maxBytes() / 10;
        List<Kept> longestUnusedFirst = kept.all().stream()
                .filter(it -> !pinned.contains(it.key()))
                .sorted(Comparator.comparing(Kept::lastUse))
                .toList();
        Set<CacheKey> removed = new HashSet<>();
        long removedBytes = 0;
        again = Instant.MAX;
        if (bytes > settings.maxBytes()) {
            for (Kept next : longestUnusedFirst) {
                if (bytes - removedBytes <= target) {
                    break;
                }
                if (content.remove(next.key())) {
                    removed.add(next.key());
                    removedBytes += next.bytes();
                } else {
                    again = clock.instant().plus(TRY_AGAIN_AFTER);
                }
            }
        }
        records.forget(settings.registries(), removed);
        CacheReport last = report;
        report = new CacheReport(
                bytes - removedBytes,
                settings.maxBytes(),
                pinned.stream()
                        .flatMap(key -> kept.find(key).stream())
                        .mapToLong(Kept::bytes)
                        .sum(),
                last.removed() + removed.size(),
                last.removedBytes() + removedBytes);
        tell(removed.size(), removedBytes);
    }

    private void tell(int removed, long removedBytes) {
        LOG.atInfo()
                .addKeyValue("removed", removed)
                .addKeyValue("removedBytes", removedBytes)
                .addKeyValue("bytes", report.bytes())
                .addKeyValue("pinnedBytes", report.pinnedBytes())
                .log("made room in what is kept of mirrored registries");
        if (report.pinnedBytes() > settings.maxBytes()) {
            LOG.atWarn()
                    .addKeyValue("pinnedBytes", report.pinnedBytes())
                    .addKeyValue("maxBytes", settings.maxBytes())
                    .log("more is pinned of mirrored registries than may be kept");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
