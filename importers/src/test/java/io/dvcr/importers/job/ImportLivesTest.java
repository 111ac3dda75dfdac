package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.image.ImageDetails;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.StoreLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports as jobs: their progress, their end, and what a restart of the server changes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportLivesTest extends ImportingTest {
    @Test
    void progress_never_goes_backwards() throws Exception {
        Semaphore pieces = new Semaphore(0);
        int piece = DISK.length / 16;
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + DISK.length);
            for (int i = 0; i < 16; i++) {
                pieces.acquire();
                exchange.write(Arrays.copyOfRange(DISK, i * piece, (i + 1) * piece));
            }
        });
        ImportJob job = jobs.submit(request(TARGET, "/"));
        List<ImportProgress> seen = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            pieces.release();
            for (int poll = 0; poll < 5; poll++) {
                seen.add(jobs.get(job.id()).progress());
                pause();
            }
        }
        seen.add(await(job).progress());

        assertThat(seen).extracting(ImportProgress::percent).isSorted().endsWith(100);
        assertThat(seen).extracting(ImportProgress::bytesReceived).isSorted().endsWith((long) DISK.length);
        assertThat(seen.subList(0, seen.size() - 1)).allMatch(progress -> progress.percent() < 100);
    }

    @Test
    void the_same_request_joins_the_import_that_is_under_way() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob first = jobs.submit(request(TARGET, "/"));
        ImportJob second = jobs.submit(request(TARGET, "/"));
        ImportJob other = jobs.submit(request("vms/debian:13", "/"));
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(other.id()).isNotEqualTo(first.id());
        go.countDown();
        await(first);
        await(other);

        ImportJob again = jobs.submit(request(TARGET, "/"));
        assertThat(again.id()).isNotEqualTo(first.id());
        assertThat(await(again).image().map(ImageDetails::storedSize))
                .isEqualTo(await(first).image().map(ImageDetails::storedSize));
    }

    @Test
    void an_import_that_runs_is_cancelled() throws IOException {
        registry.publish(TARGET, OTHER_DISK);
        CountDownLatch go = serverThatWaits();
        ImportJob job = jobs.submit(request(TARGET, "/"));
        awaitPhase(job, ImportPhase.RUNNING);
        while (jobs.get(job.id()).progress().bytesReceived() == 0) {
            pause();
        }
        jobs.cancel(job.id());

        ImportJob ended = await(job);
        assertThat(ended.phase()).isEqualTo(ImportPhase.CANCELLED);
        assertThat(ended.failure()).isEmpty();
        assertThat(registry.disk(TARGET)).isEqualTo(OTHER_DISK);
        assertScratchIsEmpty();
        go.countDown();

        restart();
        assertThat(jobs.get(job.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
    }

    @Test
    void an_import_that_waits_for_its_turn_is_cancelled_at_once() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob running = jobs.submit(request(TARGET, "/"));
        ImportJob waiting = jobs.submit(request("vms/debian:13", "/"));
        assertThat(jobs.cancel(waiting.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        go.countDown();

        assertThat(await(running).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        await(jobs.submit(request("vms/debian:14", "/")));
        assertThat(jobs.get(waiting.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        assertThat(registry.find("vms/debian:13")).isEmpty();
    }

    @Test
    void a_cancelled_import_can_be_asked_for_again_at_once() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob first = jobs.submit(request(TARGET, "/"));
        awaitPhase(first, ImportPhase.RUNNING);
        jobs.cancel(first.id());
        ImportJob second = jobs.submit(request(TARGET, "/"));
        go.countDown();

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(await(second).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(await(first).phase()).isEqualTo(ImportPhase.CANCELLED);
    }

    @Test
    void cancelling_what_has_ended_changes_nothing() throws IOException {
        ImportJob ended = await(jobs.submit(request(TARGET, "/")));
        assertThat(jobs.cancel(ended.id())).isEqualTo(jobs.get(ended.id()));
        assertThat(jobs.get(ended.id()).phase()).isEqualTo(ImportPhase.SUCCEEDED);
    }

    @Test
    void a_restart_takes_up_what_was_not_finished() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob running = jobs.submit(request(TARGET, "/"));
        ImportJob waiting = jobs.submit(request("vms/debian:13", "/"));
        awaitPhase(running, ImportPhase.RUNNING);
        jobs.close();
        assertThat(registry.find(TARGET)).isEmpty();

        go.countDown();
        jobs = start();
        assertThat(await(running).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(await(waiting).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    @Test
    void a_job_that_a_restart_took_up_waits_until_it_runs_again() throws IOException {
        CountDownLatch go = serverThatWaits();
        List<ImportJob> submitted = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            submitted.add(jobs.submit(request("vms/debian:" + i, "/")));
        }
        awaitPhase(submitted.getFirst(), ImportPhase.RUNNING);
        restart();
        assertThat(jobs.list())
                .filteredOn(job -> job.phase() == ImportPhase.RUNNING)
                .hasSizeLessThanOrEqualTo(1);
        assertThat(jobs.list()).noneMatch(job -> job.phase().ended());
        go.countDown();
    }

    @Test
    void an_ended_job_is_known_after_a_restart() throws IOException {
        ImportJob succeeded = await(jobs.submit(request(TARGET, "/")));
        serverThat(exchange -> exchange.status(404));
        ImportJob failed = await(jobs.submit(request(TARGET, "/")));
        restart();
        assertThat(jobs.get(succeeded.id()).image()).isEqualTo(succeeded.image());
        assertThat(jobs.get(failed.id()).failure()).isEqualTo(failed.failure());
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void jobs_that_have_ended_are_forgotten_in_time() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob running = jobs.submit(request(TARGET, "/"));
        ImportJob cancelled = jobs.submit(request("vms/debian:13", "/"));
        ImportJob later = jobs.submit(request("vms/debian:14", "/"));
        jobs.cancel(cancelled.id());
        jobs.cancel(later.id());
        ImportRecords records = new ImportRecords(registry.store());

        assertThat(records.removeEnded(Instant.EPOCH, 2)).isZero();
        assertThat(records.removeEnded(Instant.EPOCH, 1)).isEqualTo(1);
        assertThat(jobs.list()).extracting(ImportJob::id).containsExactlyInAnyOrder(running.id(), later.id());
        assertThat(records.removeEnded(Instant.MAX, 100)).isEqualTo(1);
        assertThat(jobs.list()).extracting(ImportJob::id).containsExactly(running.id());
        go.countDown();
        assertThat(await(running).phase()).isEqualTo(ImportPhase.SUCCEEDED);
    }

    @Test
    void what_a_killed_import_left_in_scratch_is_removed_and_nothing_else() throws IOException {
        Files.write(scratch().resolve("11111111-2222-3333-4444-555555555555.import"), DISK);
        Path other = Files.write(scratch().resolve("other"), new byte[1]);
        restart();
        assertThat(scratch()).isDirectoryContaining(other::equals);
        try (var files = Files.list(scratch())) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void a_damaged_job_does_not_keep_the_server_from_starting() throws IOException {
        ImportJob job = await(jobs.submit(request(TARGET, "/")));
        String damaged = "00000000-2222-3333-4444-555555555555";
        registry.store().put(StoreLayout.importJob(damaged), ByteBuffer.wrap("{\"id\":".getBytes(UTF_8)));
        restart();
        assertThat(jobs.list()).extracting(ImportJob::id).containsExactly(job.id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "11111111-2222-3333-4444-555555555555",
                "------------------------------------",
                "11111111222233334444555555555555----",
                "../../etc/passwd",
                "",
                "x",
            })
    void a_job_that_was_never_submitted_is_not_found(String id) {
        assertThatThrownBy(() -> jobs.get(id))
                .isInstanceOf(RegistryException.class)
                .extracting(e -> ((RegistryException) e).error())
                .isEqualTo(new NotFound("import " + id));
        assertThatThrownBy(() -> jobs.cancel(id)).isInstanceOf(RegistryException.class);
    }
}
