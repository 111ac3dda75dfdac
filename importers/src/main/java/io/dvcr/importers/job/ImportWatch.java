package io.dvcr.importers.job;

import io.dvcr.importers.job.ImportBoard.Notices;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a server up with the imports of others over the same store: it hears of new ones, of how far they are, of how
 * they ended, and of those that are to be cancelled. Every job is known on every server, and whoever is free may take
 * it; the lease decides. Thread-safe.
 */
final class ImportWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImportWatch.class);

    /** How old what one server says of another's imports may be. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final ImportBoard board;
    private final ImportRecords records;
    private final Server server;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("import-watch").factory());

    /** Who is kept up. */
    interface Server {
        Optional<RunningImport> known(String id);

        List<RunningImport> known();

        /** A job that this server has not known. */
        void discovered(ImportJob job);

        /** What the store says by now of a job that does not run here. */
        void news(RunningImport running, ImportJob stored);

        /** A job that does not run here has ended; empty if nothing is known of it any more. */
        void ended(RunningImport running, Optional<ImportJob> stored);

        void cancelled(RunningImport running) throws IOException;
    }

    ImportWatch(ImportBoard board, ImportRecords records, Server server) {
        this.board = board;
        this.records = records;
        this.server = server;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runs until this is closed and logs its own failures
    void start() {
        timer.scheduleWithFixedDelay(this::tryLook, 0, INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tryLook() {
        try {
            look();
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("what other servers import could not be seen");
        }
    }

    /** From when this returns everything is known that was on the board when it was called. */
    synchronized void look() throws IOException {
        Notices notices = board.read();
        discover(notices);
        for (RunningImport running : server.known()) {
            if (running.isHere()) {
                running.loseUnlessHeld();
            } else {
                follow(running, notices);
            }
        }
        for (String id : notices.cancelled()) {
            Optional<RunningImport> running = server.known(id);
            if (running.isPresent()) {
                server.cancelled(running.get());
            }
        }
    }

    private void discover(Notices notices) throws IOException {
        List<ImportJob> jobs = new ArrayList<>();
        for (String id : notices.open()) {
            if (server.known(id).isEmpty()) {
                Optional<ImportJob> job = records.findUndamaged(id);
                if (job.filter(one -> !one.phase().ended()).isPresent()) {
                    jobs.add(job.get());
                } else {
                    board.remove(id); // a server died before it had done so
                }
            }
        }
        jobs.sort(ImportQueue.ORDER);
        jobs.forEach(server::discovered);
    }

    private void follow(RunningImport running, Notices notices) throws IOException {
        String id = running.snapshot().id();
        boolean open = notices.open().contains(id);
        if (open && !running.isElsewhere() && !notices.begun().contains(id)) {
            return; // waits, as far as anybody knows
        }
        Optional<ImportJob> stored = records.findUndamaged(id);
        if (stored.isEmpty() || stored.get().phase().ended()) {
            server.ended(running, stored);
        } else {
            server.news(running, stored.get());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
