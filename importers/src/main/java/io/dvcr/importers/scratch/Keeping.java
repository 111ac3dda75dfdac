package io.dvcr.importers.scratch;

import io.dvcr.converters.BackgroundThread;
import java.io.Closeable;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides how often to keep what has come of an import, and does so on a thread of its own: so often that hardly
 * anything has to be fetched twice, and so seldom that it costs little. What cannot be kept does no harm to the import.
 * Used by one thread.
 */
final class Keeping implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeping.class);

    /** After one part in so many of the source, to cost less than a hundredth of it with all that is on its way. */
    private static final int SHARE = 1024;

    private static final long LEAST_BYTES = 1L << 20;
    private static final long MOST_BYTES = 256L << 20;

    /** Of a source whose length nobody knows. */
    private static final long USUAL_BYTES = 8L << 20;

    /** Keeping is followed by a rest of so many times as long: others want the disk, too. */
    private static final int REST = 2;

    private final UUID job;
    private final long interval;
    private final BackgroundThread thread = new BackgroundThread("import-keep");
    private final AtomicReference<@Nullable Work> next = new AtomicReference<>();
    private long askedBytes;
    private volatile boolean over;

    /** Keeps all that there is when it runs. */
    interface Work {
        void run() throws IOException;
    }

    /** @param keptBytes how many are kept already */
    Keeping(UUID job, OptionalLong length, long keptBytes) {
        this.job = job;
        this.interval =
                length.isPresent() ? Math.clamp(length.getAsLong() / SHARE, LEAST_BYTES, MOST_BYTES) : USUAL_BYTES;
        this.askedBytes = keptBytes;
    }

    /** Whether it is time to keep {@code bytes}. */
    boolean isDue(long bytes) {
        return bytes - askedBytes >= interval && !over;
    }

    /** Has all up to {@code bytes} kept, by {@code work}, soon; if it was asked before and not begun, at once with that. */
    void keep(long bytes, Work work) {
        askedBytes = bytes;
        if (next.getAndSet(work) == null) {
            var _ = thread.submit(this::workAndRest); // what fails in it is told by perform
        }
    }

    /** Has all that there is kept when this returns. */
    void keepNow(Work work) {
        next.set(null);
        perform(work);
    }

    private boolean workAndRest() throws InterruptedException {
        Work work = next.getAndSet(null);
        if (work != null) {
            long begun = System.nanoTime();
            perform(work);
            Thread.sleep((System.nanoTime() - begun) * REST / 1_000_000);
        }
        return true;
    }

    private synchronized void perform(Work work) {
        if (over) {
            return;
        }
        try {
            work.run();
        } catch (IOException | RuntimeException e) {
            if (!over && !Thread.currentThread().isInterrupted()) {
                LOG.atWarn()
                        .addKeyValue("import", job)
                        .setCause(e)
                        .log("how far an import has come cannot be kept: cut off, it will go on further back");
            }
            over = true;
        }
    }

    @Override
    public void close() {
        over = true;
        thread.close();
    }
}
