package io.dvcr.cli.serve;

import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.GarbageReport;
import io.dvcr.storage.content.GarbageSettings;
import io.dvcr.storage.content.RetentionReport;
import io.dvcr.storage.content.UploadSettings;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server does by itself from time to time: it removes uploads that nobody goes on with, what retention rules do not keep, and
 * garbage.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final ContentStore content;
    private final UploadSettings uploads;
    private final GarbageSettings garbage;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("housekeeping").factory());

    private Housekeeping(ContentStore content, UploadSettings uploads, GarbageSettings garbage) {
        this.content = content;
        this.uploads = uploads;
        this.garbage = garbage;
    }

    static Housekeeping start(ContentStore content, UploadSettings uploads, GarbageSettings garbage) {
        Housekeeping housekeeping = new Housekeeping(content, uploads, garbage);
        housekeeping.schedule();
        return housekeeping;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runs until it is closed and logs its own failures
    private void schedule() {
        timer.scheduleWithFixedDelay(this::clean, 0, garbage.interval().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void clean() {
        try {
            int expired = content.uploads().removeExpired(uploads.expireAfter());
            RetentionReport retention = content.retention().run(RepositoryPattern.ALL, false);
            GarbageReport report = content.garbage().collect(garbage.grace(), false);
            LOG.atInfo()
                    .addKeyValue("expiredUploads", expired)
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
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("housekeeping failed; it is tried again later");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
