package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.TestRegistry;
import io.dvcr.importers.job.ImportFeed.Change;
import io.dvcr.importers.job.ImportFeed.Place;
import io.dvcr.importers.source.AddressPolicy;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.importers.source.WebServer;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More imports than may run at once: whose turn it is, what is told of them, and how they are stopped. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class WaitingImportsTest {
    private static final byte[] DISK = new byte[1 << 20];
    private static final int WAITING = 5;
    private static final Optional<String> ANN = Optional.of("ann");
    private static final Optional<String> BOB = Optional.of("bob");

    static {
        new Random(3).nextBytes(DISK);
    }

    @TempDir
    private Path directory;

    private final Semaphore pieces = new Semaphore(0);
    private TestRegistry registry;
    private HttpDownloader downloader;
    private WebServer server;
    private ImportJobs jobs;

    @BeforeEach
    void open() throws IOException {
        registry = TestRegistry.in(directory.resolve("store"));
        downloader = new HttpDownloader(
                new AddressPolicy(true),
                new DownloadPatience(
                        Duration.ofSeconds(20), new Backoff(3, Duration.ofSeconds(20), Duration.ofSeconds(20))));
        server = WebServer.start(exchange -> {
            exchange.head(200, "Content-Length: " + DISK.length);
            for (int offset = 0; offset < DISK.length; offset += DISK.length / 16) {
                pieces.acquire();
                exchange.write(Arrays.copyOfRange(DISK, offset, offset + DISK.length / 16));
            }
        });
        jobs = start(1);
    }

    @AfterEach
    void close() throws IOException {
        jobs.close();
        server.close();
        downloader.close();
        registry.close();
    }

    private ImportJobs start(int concurrent) throws IOException {
        return ImportJobs.start(
                registry.store(),
                registry.images(),
                TestSources.over(downloader),
                directory.resolve("scratch"),
                Clock.systemUTC().withZone(ZoneOffset.UTC),
                new ImportLimits(concurrent, WAITING, 64 << 20),
                FaceSettings.DEFAULTS,
                ImportObserver.NONE);
    }

    private ImportJob submit(Optional<String> account, String target, String path) throws IOException {
        ImageReference reference = ImageReference.parse(target);
        return jobs.submit(
                new ImportRequest(
                        reference.repository(),
                        ((Reference.ByTag) reference.reference()).tag(),
                        new HttpSource(server.url(path), Optional.empty())),
                account);
    }

    private ImportJob submit(Optional<String> account, String target) throws IOException {
        return submit(account, target, "/" + target.replace(':', '-'));
    }

    private void goOn() {
        pieces.release(1_000_000);
    }

    private ImportJob await(ImportJob job) throws Exception {
        return await(job, ImportPhase.SUCCEEDED);
    }

    private ImportJob await(ImportJob job, ImportPhase phase) throws Exception {
        while (jobs.get(job.id()).phase() != phase) {
            assertThat(jobs.get(job.id()).phase().ended())
                    .as("%s, and not %s", jobs.get(job.id()), phase)
                    .isFalse();
            Thread.sleep(2);
        }
        return jobs.get(job.id());
    }

    /** An import that is further than half, and waits for the rest. */
    private ImportJob partlyImported() throws Exception {
        ImportJob job = submit(ANN, "a/a:1");
        pieces.release(10);
        while (jobs.get(job.id()).progress().bytesReceived() < DISK.length * 10L / 16) {
            Thread.sleep(2);
        }
        return job;
    }

    private List<String> sourcesInTheOrderTheyWereRead() {
        return server.requests().stream()
                .map(WebServer.Exchange::path)
                .distinct()
                .toList();
    }

    @Test
    void accounts_take_turns_and_each_import_tells_where_it_stands() throws Exception {
        ImportJob running = submit(ANN, "a/a:1");
        await(running, ImportPhase.RUNNING);
        List<ImportJob> waiting = List.of(
                submit(ANN, "a/a:2"), submit(ANN, "a/a:3"), submit(BOB, "b/b:1"), submit(Optional.empty(), "b/c:1"));

        assertThat(jobs.get(running.id()).queuePosition()).isEmpty();
        assertThat(waiting)
                .extracting(job -> jobs.get(job.id()).queuePosition().orElse(0))
                .containsExactly(1, 4, 2, 3);
        assertThat(jobs.countWaitingParties()).isEqualTo(3);
        goOn();
        for (ImportJob job : waiting) {
            assertThat(await(job).queuePosition()).isEmpty();
        }
        assertThat(sourcesInTheOrderTheyWereRead()).containsExactly("/a/a-1", "/a/a-2", "/b/b-1", "/b/c-1", "/a/a-3");
        assertThat(jobs.get(running.id()).requestedBy()).isEqualTo(ANN);
    }

    @Test
    void who_has_too_many_waiting_is_told_to_come_again_and_others_are_not() throws Exception {
        await(submit(ANN, "a/a:0"), ImportPhase.RUNNING);
        for (int i = 1; i <= WAITING; i++) {
            submit(ANN, "a/a:" + i);
        }
        assertThatThrownBy(() -> submit(ANN, "a/a:6"))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.error()).isInstanceOf(TooManyRequests.class));
        assertThat(submit(BOB, "a/a:6").phase()).isEqualTo(ImportPhase.PENDING);
        goOn();
    }

    @Test
    void the_tag_names_in_the_end_what_was_asked_for_last() throws Exception {
        jobs.close();
        jobs = start(3);
        ImportJob first = submit(ANN, "a/a:1", "/first");
        await(first, ImportPhase.RUNNING);
        ImportJob second = submit(BOB, "a/a:1", "/second");
        ImportJob third = submit(ANN, "a/a:1", "/first");
        ImportJob fourth = submit(BOB, "a/a:1", "/first");
        assertThat(third.id()).as("it must come after the second").isNotEqualTo(first.id());
        assertThat(fourth.id()).isEqualTo(third.id());
        assertThat(jobs.get(second.id()).queuePosition()).hasValue(1);
        goOn();
        await(third);
        assertThat(sourcesInTheOrderTheyWereRead()).containsExactly("/first", "/second");
        assertThat(jobs.get(second.id()).phase()).isEqualTo(ImportPhase.SUCCEEDED);
    }

    @Test
    void progress_does_not_go_back_when_the_server_is_stopped_and_starts_again() throws Exception {
        ImportJob job = partlyImported();
        ImportProgress before = jobs.get(job.id()).progress();
        jobs.close();
        pieces.drainPermits();
        jobs = start(1);

        assertThat(jobs.get(job.id()).requestedBy()).isEqualTo(ANN);
        List<ImportProgress> seen = new ArrayList<>(List.of(before));
        Place place = jobs.feed().end();
        while (!seen.getLast().step().equals(ImportProgress.Step.DONE)) {
            seen.add(jobs.get(job.id()).progress());
            pieces.release(1);
            for (Change change : jobs.feed().after(place, Duration.ofMillis(20))) {
                seen.add(change.job().progress());
                place = change.place();
            }
        }
        assertThat(seen).extracting(ImportProgress::percent).isSorted().endsWith(100);
        assertThat(seen).extracting(ImportProgress::bytesReceived).isSorted().endsWith((long) DISK.length);
        assertThat(seen.subList(0, seen.size() - 1)).allMatch(progress -> progress.percent() < 100);
        assertThat(before.percent()).isGreaterThan(50);
    }

    @Test
    void a_failed_job_still_says_how_far_it_came_after_a_restart() throws Exception {
        ImportJob job = partlyImported();
        ImportProgress before = jobs.cancel(job.id()).progress();
        jobs.close();
        jobs = start(1);
        assertThat(jobs.get(job.id()).progress()).isEqualTo(before.resting());
        assertThat(before.percent()).isGreaterThan(50);
    }

    @Test
    void an_import_that_waits_is_cancelled_at_once_and_lets_the_next_one_go_first() throws Exception {
        await(submit(ANN, "a/a:1"), ImportPhase.RUNNING);
        ImportJob second = submit(ANN, "a/a:1", "/other");
        ImportJob third = submit(ANN, "a/a:3");
        assertThat(jobs.cancel(second.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        assertThat(jobs.get(third.id()).queuePosition()).hasValue(1);
        goOn();
        await(third);
        assertThat(sourcesInTheOrderTheyWereRead()).containsExactly("/a/a-1", "/a/a-3");
    }

    @Test
    void an_import_that_receives_is_cancelled_when_the_request_to_is_answered() throws Exception {
        ImportJob job = submit(ANN, "a/a:1");
        pieces.release(1);
        while (jobs.get(job.id()).progress().bytesReceived() == 0) {
            Thread.sleep(2);
        }
        assertThat(jobs.cancel(job.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
    }

    @Test
    void an_import_whose_source_does_not_answer_is_cancelled() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        server.close();
        server = WebServer.start(_ -> {
            asked.countDown();
            pieces.acquire();
        });
        ImportJob job = submit(ANN, "a/a:1");
        asked.await();
        assertThat(jobs.cancel(job.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        goOn();
    }

    @Test
    void an_import_that_waits_for_a_busy_source_is_cancelled() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        server.close();
        server = WebServer.start(exchange -> {
            exchange.status(503);
            asked.countDown();
        });
        ImportJob job = submit(ANN, "a/a:1");
        asked.await();
        assertThat(jobs.cancel(job.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
    }
}
