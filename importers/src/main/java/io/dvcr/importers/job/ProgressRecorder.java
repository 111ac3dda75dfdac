package io.dvcr.importers.job;

import io.dvcr.storage.lease.Fence;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores how far one import is, again and again while it runs, and tells it only then: what was told once is known after
 * a crash, and never told to be less. Has a thread of its own until it is closed.
 */
final class ProgressRecorder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressRecorder.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final RunningImport running;
    private final ImportRecords records;
    private final Fence fence;
    private final Consumer<ImportJob> news;
    private final ToldProgress told;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private ImportJob stored;

    private ProgressRecorder(RunningImport running, ImportRecords records, Fence fence, Consumer<ImportJob> news) {
        this.running = running;
        this.records = records;
        this.fence = fence;
        this.news = news;
        this.stored = running.snapshot();
        this.told = new ToldProgress(stored.progress());
        this.thread = Thread.ofVirtual().name("import-progress").unstarted(this::record);
    }

    /**
     * @param fence through which it is stored
     * @param news is told of the job whenever more is known of it
     */
    static ProgressRecorder start(RunningImport running, ImportRecords records, Fence fence, Consumer<ImportJob> news) {
        ProgressRecorder recorder = new ProgressRecorder(running, records, fence, news);
        recorder.thread.start();
        return recorder;
    }

    private void record() {
        try {
            while (!stop.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS)) {
                record(told.tell(running.meter().read(), System.nanoTime()));
            }
            record(told.tell(running.meter().read(), System.nanoTime()));
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void record(ImportProgress progress) {
        ImportJob job = stored.running(progress);
        try {
            if (!progress.resting().equals(stored.progress().resting())) {
                records.save(job, fence);
                stored = job;
            }
            running.tell(progress);
            news.accept(job);
        } catch (IOException e) { // the import itself will say what is wrong with the store
            LOG.atDebug().addKeyValue("import", job.id()).setCause(e).log("progress of an import was not stored");
        }
    }

    /** Records how far the import is at last; from then on nothing is stored. */
    @Override
    public void close() {
        stop.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) { // it will not take long, and must not go on behind our back
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
