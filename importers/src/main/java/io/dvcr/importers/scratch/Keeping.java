package io.dvcr.importers.scratch;

import io.dvcr.converters.BackgroundThread;
import io.dvcr.converters.Waiting;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides how often to keep what has come of an import, and does so on a thread of its own, one after the other: so
 * often that hardly anything has to be fetched twice, and so seldom that it costs little. What cannot be kept does no
 * harm to the import. Used by one thread.
 */
final class Keeping implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeping.class);

    /** Of the source, one part in so many is what a crash may cost. */
    private static final int SHARE = 256;

    private static final long LEAST_BYTES = 4L << 20;
    private static final long MOST_BYTES = 256L << 20;

    /** Of a source whose length nobody knows. */
    private static final long USUAL_BYTES = 16L << 20;

    /** Keeping is followed by a rest of so many times as long. */
    private static final int REST = 3;

    private final UUID job;
    private final long interval;
    private final BackgroundThread thread = new BackgroundThread("import-keep");
    private long keptBytes;
    private Optional<Future<Long>> underWay = Optional.empty();
    private long restsUntilNanos = System.nanoTime();
    private boolean failed;

    /** Keeps something. */
    interface Work {
        void run() throws IOException;
    }

    /** @param keptBytes how many are kept already */
    Keeping(UUID job, OptionalLong length, long keptBytes) {
        this.job = job;
        this.interval =
                length.isPresent() ? Math.clamp(length.getAsLong() / SHARE, LEAST_BYTES, MOST_BYTES) : USUAL_BYTES;
        this.keptBytes = keptBytes;
    }

    /** Whether it is time to keep {@code bytes}, and nothing is being kept. */
    boolean isDue(long bytes) {
        return bytes - keptBytes >= interval && isIdle() && !failed;
    }

    /** Whether it has long been time. */
    boolean isOverdue(long bytes) {
        return bytes - keptBytes >= 4 * interval;
    }

    private boolean isIdle() {
        if (underWay.filter(work -> !work.isDone()).isPresent()) {
            return false;
        }
        await();
        return System.nanoTime() - restsUntilNanos >= 0;
    }

    /** Has {@code work} keep all up to {@code bytes}. */
    void keep(long bytes, Work work) {
        keptBytes = bytes;
        underWay = Optional.of(thread.submit(() -> {
            long begun = System.nanoTime();
            work.run();
            long ended = System.nanoTime();
            return ended + (ended - begun) * REST;
        }));
    }

    /** Waits for what is being kept. */
    void await() {
        try {
            if (underWay.isPresent()) {
                restsUntilNanos = Waiting.on(underWay.get());
            }
        } catch (IOException | RuntimeException e) {
            failed = true;
            LOG.atWarn()
                    .addKeyValue("import", job)
                    .setCause(e)
                    .log("how far an import has come cannot be kept: cut off, it will begin again, or further back");
        }
        underWay = Optional.empty();
    }

    @Override
    public void close() {
        thread.close();
    }
}
