package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.source.AddressPolicy;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.importers.source.WebServer;
import io.dvcr.importers.unpack.UnpackRoom;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.lease.LeaseSettings;
import io.dvcr.storage.lease.SharedLeases;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers over one store, of which each may be asked about every import. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SharedImportsTest {
    private static final byte[] DISK = new byte[1 << 20];

    static {
        new Random(7).nextBytes(DISK);
    }

    @TempDir
    private Path directory;

    private final Semaphore pieces = new Semaphore(0);
    private final AtomicInteger downloads = new AtomicInteger();
    private FileSystemStore store;
    private HttpDownloader downloader;
    private WebServer web;
    private final List<Replica> replicas = new ArrayList<>();
    private Replica one;
    private Replica other;

    /** A server as far as imports go. */
    private record Replica(SharedLeases leases, ContentStore content, ImportJobs jobs) {
        void stop() throws IOException {
            jobs.close();
            leases.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        store = FileSystemStore.open(directory.resolve("store"));
        downloader = new HttpDownloader(
                new AddressPolicy(true),
                new DownloadPatience(
                        Duration.ofSeconds(20), new Backoff(3, Duration.ofSeconds(20), Duration.ofSeconds(20))));
        web = WebServer.start(exchange -> {
            downloads.incrementAndGet();
            exchange.head(200, "Content-Length: " + DISK.length);
            for (int offset = 0; offset < DISK.length; offset += DISK.length / 16) {
                pieces.acquire();
                exchange.write(Arrays.copyOfRange(DISK, offset, offset + DISK.length / 16));
            }
        });
        one = replica();
        other = replica();
    }

    @AfterEach
    void close() throws IOException {
        for (Replica replica : replicas) {
            replica.stop();
        }
        web.close();
        downloader.close();
        store.close();
    }

    private Replica replica() throws IOException {
        SharedLeases leases =
                SharedLeases.start(store, StoreLayout.LEASES, new LeaseSettings(LeaseSettings.SHORTEST_TERM));
        ContentStore content = ContentStore.over(store, () -> RepositoryPolicies.DEFAULTS, leases, Clock.systemUTC());
        ImportJobs jobs = ImportJobs.start(
                store,
                leases,
                new ImageStore(content),
                TestSources.over(downloader),
                directory.resolve("scratch-" + replicas.size()),
                Clock.systemUTC(),
                new ImportLimits(1, 10, 64 << 20),
                FaceSettings.DEFAULTS,
                ImportObserver.NONE,
                new UnpackRoom());
        Replica replica = new Replica(leases, content, jobs);
        replicas.add(replica);
        return replica;
    }

    private void goOn() {
        pieces.release(1_000_000);
    }

    private ImportRequest request(String target) {
        ImageReference reference = ImageReference.parse(target);
        return new ImportRequest(
                reference.repository(),
                ((Reference.ByTag) reference.reference()).tag(),
                new HttpSource(web.url("/" + target.replace(':', '-')), Optional.empty()));
    }

    private static ImportJob await(Replica replica, String id, ImportPhase phase) throws Exception {
        while (true) {
            ImportJob job = replica.jobs().get(id);
            if (job.phase() == phase) {
                return job;
            }
            assertThat(job.phase().ended()).as(job.toString()).isFalse();
            Thread.sleep(5);
        }
    }

    private static void awaitProgress(Replica replica, String id) throws Exception {
        while (replica.jobs().get(id).progress().bytesReceived() < DISK.length / 2) {
            Thread.sleep(5);
        }
    }

    /** That nobody leads others astray with what is over. */
    private void assertNothingIsLeftOnTheBoard() throws Exception {
        List<String> left = new ArrayList<>();
        do {
            left.clear();
            ObjectPages.forEach(store, StoreLayout.OPEN_IMPORTS, object -> left.add(object.toString()));
            Thread.sleep(5);
        } while (!left.isEmpty());
    }

    @Test
    void each_answers_for_what_the_other_was_asked_and_tells_how_far_it_is() throws Exception {
        ImportJob job = one.jobs().submit(request("a/a:1"));
        ImportFeed.Place before = other.jobs().feed().end();
        assertThat(other.jobs().get(job.id()).request()).isEqualTo(job.request());
        assertThat(other.jobs().list()).extracting(ImportJob::id).containsExactly(job.id());

        pieces.release(10);
        awaitProgress(one, job.id());
        awaitProgress(other, job.id());
        List<ImportFeed.Change> changes = other.jobs().feed().after(before, Duration.ofSeconds(1));
        while (changes.stream().noneMatch(change -> change.job().phase() == ImportPhase.RUNNING)) {
            before = changes.isEmpty() ? before : changes.getLast().place();
            changes = other.jobs().feed().after(before, Duration.ofSeconds(1));
        }

        goOn();
        await(other, job.id(), ImportPhase.SUCCEEDED);
        await(one, job.id(), ImportPhase.SUCCEEDED);
        assertThat(downloads.get()).isEqualTo(1);
        assertNothingIsLeftOnTheBoard();
    }

    @Test
    void the_same_import_asked_for_on_both_is_one() throws Exception {
        ImportJob job = one.jobs().submit(request("a/a:1"));
        assertThat(other.jobs().submit(request("a/a:1")).id()).isEqualTo(job.id());
        goOn();
        await(one, job.id(), ImportPhase.SUCCEEDED);
        assertThat(downloads.get()).isEqualTo(1);
    }

    @Test
    void what_one_has_no_hand_free_for_the_other_does() throws Exception {
        List<ImportJob> jobs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            jobs.add(one.jobs().submit(request("a/a:" + i)));
        }
        while (downloads.get() < 2) {
            Thread.sleep(5);
        }
        goOn();
        for (ImportJob job : jobs) {
            await(other, job.id(), ImportPhase.SUCCEEDED);
        }
        assertThat(downloads.get()).isEqualTo(4); // none twice
        assertNothingIsLeftOnTheBoard();
    }

    @Test
    void imports_to_one_tag_run_one_after_the_other_wherever_they_were_asked_for() throws Exception {
        ImportJob first = one.jobs().submit(request("a/a:1"));
        await(one, first.id(), ImportPhase.RUNNING);
        ImportRequest second = new ImportRequest(
                first.request().repository(),
                first.request().tag(),
                new HttpSource(web.url("/another"), Optional.empty()));
        ImportJob last = other.jobs().submit(second);
        Thread.sleep(1500); // long enough to be seen everywhere
        assertThat(downloads.get()).isEqualTo(1);
        goOn();
        await(one, last.id(), ImportPhase.SUCCEEDED);
        assertThat(one.jobs().get(first.id()).phase()).isEqualTo(ImportPhase.SUCCEEDED);
    }

    @Test
    void one_cancels_what_runs_on_the_other() throws Exception {
        ImportJob job = one.jobs().submit(request("a/a:1"));
        pieces.release(10);
        awaitProgress(one, job.id());
        assertThat(other.jobs().cancel(job.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        await(one, job.id(), ImportPhase.CANCELLED);
        assertNothingIsLeftOnTheBoard();
    }

    @Test
    void one_cancels_what_waits_behind_what_runs_on_the_other() throws Exception {
        ImportJob running = one.jobs().submit(request("a/a:1"));
        await(one, running.id(), ImportPhase.RUNNING);
        ImportJob waiting = one.jobs()
                .submit(new ImportRequest(
                        running.request().repository(),
                        running.request().tag(),
                        new HttpSource(web.url("/another"), Optional.empty())));
        assertThat(other.jobs().cancel(waiting.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        goOn();
        await(other, running.id(), ImportPhase.SUCCEEDED);
        assertThat(downloads.get()).isEqualTo(1);
    }

    @Test
    void what_runs_where_the_server_stops_goes_on_elsewhere() throws Exception {
        ImportJob job = one.jobs().submit(request("a/a:1"));
        pieces.release(10);
        awaitProgress(one, job.id());
        one.stop();
        replicas.remove(one);
        goOn();
        await(other, job.id(), ImportPhase.SUCCEEDED);
        assertThat(downloads.get()).isEqualTo(2);
        assertNothingIsLeftOnTheBoard();
    }

    /** The server is not dead, but others have to take it for dead. */
    @Test
    void who_was_taken_for_dead_leaves_its_import_to_others_and_publishes_nothing() throws Exception {
        ImportJob job = one.jobs().submit(request("a/a:1"));
        pieces.release(10);
        awaitProgress(one, job.id());
        one.leases().close(); // it shows no sign of life any more
        await(other, job.id(), ImportPhase.RUNNING);
        while (downloads.get() < 2) {
            Thread.sleep(5);
        }
        goOn();
        await(other, job.id(), ImportPhase.SUCCEEDED);
        Thread.sleep(1500);
        assertThat(one.jobs().get(job.id()).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(other.jobs().get(job.id()).phase()).isEqualTo(ImportPhase.SUCCEEDED);
    }
}
