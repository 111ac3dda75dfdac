package io.dvcr.cli.serve;

import io.dvcr.storage.content.UploadStore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server does by itself from time to time: it removes uploads that nobody goes on with. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final Duration UPLOAD_IDLE = Duration.ofDays(7);

    private final UploadStore uploads;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("housekeeping").factory());

    private Housekeeping(UploadStore uploads) {
        this.uploads = uploads;
    }

    static Housekeeping start(UploadStore uploads) {
        Housekeeping housekeeping = new Housekeeping(uploads);
        housekeeping.schedule();
        return housekeeping;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runs until it is closed and logs its own failures
    private void schedule() {
        timer.scheduleWithFixedDelay(this::removeExpired, 0, INTERVAL.toSeconds(), TimeUnit.SECONDS);
    }

    private void removeExpired() {
        try {
            int removed = uploads.removeExpired(UPLOAD_IDLE);
            if (removed > 0) {
                LOG.atInfo().addKeyValue("uploads", removed).log("removed uploads that expired");
            }
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("expired uploads could not be removed; tried again later");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
