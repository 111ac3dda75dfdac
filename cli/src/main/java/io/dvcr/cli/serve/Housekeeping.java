package io.dvcr.cli.serve;

import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.GarbageCollector;
import io.dvcr.storage.content.GarbageReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server does by itself from time to time: it removes uploads that nobody goes on with, and garbage. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final Duration UPLOAD_IDLE = Duration.ofDays(7);

    private final ContentStore content;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("housekeeping").factory());

    private Housekeeping(ContentStore content) {
        this.content = content;
    }

    static Housekeeping start(ContentStore content) {
        Housekeeping housekeeping = new Housekeeping(content);
        housekeeping.schedule();
        return housekeeping;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runs until it is closed and logs its own failures
    private void schedule() {
        timer.scheduleWithFixedDelay(this::clean, 0, INTERVAL.toSeconds(), TimeUnit.SECONDS);
    }

    private void clean() {
        try {
            int uploads = content.uploads().removeExpired(UPLOAD_IDLE);
            GarbageReport garbage = content.garbage().collect(GarbageCollector.DEFAULT_GRACE, false);
            LOG.atInfo()
                    .addKeyValue("expiredUploads", uploads)
                    .addKeyValue("setAside", garbage.setAside())
                    .addKeyValue("broughtBack", garbage.broughtBack())
                    .addKeyValue("purged", garbage.purged())
                    .addKeyValue("freedBytes", garbage.freedBytes())
                    .log("housekeeping");
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("housekeeping failed; it is tried again later");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
