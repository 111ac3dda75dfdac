package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.TestRegistry;
import io.dvcr.importers.source.Checksum;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of disks, and of what cannot be imported. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportJobsTest extends ImportingTest {
    @Test
    void a_raw_disk_becomes_an_image() throws IOException {
        ImportJob submitted = jobs.submit(request(TARGET, "/disk.img"));
        assertThat(submitted.phase()).isIn(ImportPhase.PENDING, ImportPhase.RUNNING);
        ImportJob ended = await(submitted);

        assertThat(ended.phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(ended.progress().percent()).isEqualTo(100);
        assertThat(ended.progress().bytesReceived()).isEqualTo(DISK.length);
        assertThat(ended.progress().bytesTotal()).hasValue(DISK.length);
        assertThat(ended.progress().step().label()).isEqualTo("Done");
        ImageDetails image = ended.image().orElseThrow();
        assertThat(image).isEqualTo(registry.find(TARGET).orElseThrow().details());
        assertThat(image.format()).isEqualTo("raw");
        assertThat(image.usedSize()).isEqualTo(3 << 20);
        assertThat(image.created()).isEqualTo(TestRegistry.NOON);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
        assertScratchIsEmpty();
    }

    @Test
    void an_import_stores_what_its_repository_and_its_base_do_not_have() throws IOException {
        registry.publish("base/debian:12", OTHER_DISK);
        registry.publish(TARGET, DISK);
        byte[] both = Arrays.copyOf(DISK, 2 * DISK.length);
        System.arraycopy(OTHER_DISK, 0, both, DISK.length, DISK.length);
        serverThat(exchange -> exchange.serve(both, ETAG));

        ImageDetails image = await(jobs.submit(request("vms/debian:13", "base/debian:12", "/")))
                .image()
                .orElseThrow();

        assertThat(image.newlyStored().orElseThrow()).isLessThan(1 << 20);
        assertThat(registry.disk("vms/debian:13")).isEqualTo(both);
    }

    @Test
    void a_base_that_is_not_there_is_refused_at_once() {
        assertThatThrownBy(() -> jobs.submit(request(TARGET, "base/debian:12", "/")))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.error()).isInstanceOf(ManifestUnknown.class));
    }

    @Test
    void what_was_to_be_reused_and_is_deleted_meanwhile_is_stored_again() throws Exception {
        registry.publish("vms/debian:old", DISK);
        CountDownLatch go = serverThatWaits();
        ImportJob job = jobs.submit(request(TARGET, "/"));
        while (server.requests().isEmpty()) {
            pause();
        }
        for (var pack : registry.find("vms/debian:old").orElseThrow().disk().packs()) {
            registry.content().blobs().delete(job.request().repository(), pack.digest());
        }
        go.countDown();

        ImageDetails image = await(job).image().orElseThrow();
        assertThat(image.newlyStored()).hasValue(image.storedSize());
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void an_iso_is_a_cdrom_whatever_it_is_called() throws IOException {
        byte[] iso = Arrays.copyOf(DISK, 1 << 20);
        Arrays.fill(iso, 0, 40_000, (byte) 0);
        System.arraycopy("\001CD001\001".getBytes(UTF_8), 0, iso, 32768, 7);
        serverThat(exchange -> exchange.serve(iso, ETAG));
        ImageDetails image =
                await(jobs.submit(request(TARGET, "/disk.qcow2"))).image().orElseThrow();
        assertThat(image.format()).isEqualTo("iso");
        assertThat(image.cdrom()).isTrue();
        assertThat(registry.disk(TARGET)).isEqualTo(iso);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 4095, 4097, 65535, 65536, 65537, 300_001})
    void disks_of_odd_sizes_come_through_whole(int size) throws IOException {
        byte[] odd = Arrays.copyOf(DISK, size);
        serverThat(exchange -> exchange.serve(odd, ETAG));
        assertThat(await(jobs.submit(request(TARGET, "/"))).failure()).isEmpty();
        assertThat(registry.disk(TARGET)).isEqualTo(odd);
    }

    @Test
    void a_source_that_does_not_say_its_length_is_imported() throws IOException {
        serverThat(exchange -> {
            exchange.head(200);
            exchange.write(DISK);
        });
        ImportJob ended = await(jobs.submit(request(TARGET, "/")));
        assertThat(ended.progress().bytesTotal()).isEmpty();
        assertThat(ended.progress().percent()).isEqualTo(100);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    @Test
    void a_connection_that_is_cut_does_not_show_in_the_image() throws IOException {
        serverThat(exchange -> exchange.serve(DISK, ETAG, server.requests().size() == 1 ? 1_000_001 : DISK.length));
        assertThat(await(jobs.submit(request(TARGET, "/"))).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void a_checksum_is_verified() throws IOException {
        Checksum right = Checksum.parse("sha256", Digest.sha256(DISK).hex());
        assertThat(await(jobs.submit(request(TARGET, "/", Optional.of(right)))).phase())
                .isEqualTo(ImportPhase.SUCCEEDED);

        Checksum wrong = Checksum.parse("sha256", Digest.sha256(OTHER_DISK).hex());
        assertFails(
                jobs.submit(request("vms/debian:13", "/", Optional.of(wrong))),
                "CHECKSUM_MISMATCH",
                "the source has sha256 " + right.hex() + ", not " + wrong.hex());
        assertThat(registry.find("vms/debian:13")).isEmpty();
    }

    @Test
    void a_failed_import_leaves_the_tag_as_it_was() throws IOException {
        registry.publish(TARGET, OTHER_DISK);
        Checksum wrong = Checksum.parse("md5", "0".repeat(32));
        assertFails(jobs.submit(request(TARGET, "/", Optional.of(wrong))), "CHECKSUM_MISMATCH", "not 00000");
        serverThat(exchange -> exchange.status(404));
        assertFails(jobs.submit(request(TARGET, "/gone")), "SOURCE_HTTP_STATUS", "/gone answered with status 404");

        assertThat(registry.disk(TARGET)).isEqualTo(OTHER_DISK);
        assertScratchIsEmpty();
    }

    @Test
    void a_refused_address_is_a_failure_that_says_so() throws IOException {
        serverThat(exchange -> exchange.redirect("http://169.254.169.254/latest"));
        assertFails(jobs.submit(request(TARGET, "/")), "ADDRESS_REFUSED", "169.254.169.254");
    }

    @Test
    void an_empty_source_is_refused() throws IOException {
        serverThat(exchange -> exchange.status(200));
        assertThat(await(jobs.submit(request(TARGET, "/"))).phase()).isEqualTo(ImportPhase.FAILED);
        assertThat(registry.find(TARGET)).isEmpty();
    }

    @Test
    void a_disk_over_the_limit_is_refused_before_all_of_it_has_come() throws IOException {
        serverThat(exchange -> {
            exchange.head(200);
            while (true) {
                exchange.write(DISK);
            }
        });
        ImportJob ended = await(jobs.submit(request(TARGET, "/")));
        assertThat(ended.phase()).isEqualTo(ImportPhase.FAILED);
        assertThat(ended.failure().orElseThrow().message()).contains("" + LIMIT);
    }

    @Test
    void a_failure_of_ours_says_nothing_of_our_insides() throws IOException {
        byte[] qcow2 = qcow2Header();
        serverThat(exchange -> exchange.serve(qcow2, ETAG));
        Files.delete(scratch());
        assertFails(jobs.submit(request(TARGET, "/")), "INTERNAL", "internal error; the server's log says more");
    }

    @Test
    void a_qcow2_that_never_ends_is_refused_and_its_scratch_is_freed() throws IOException {
        byte[] qcow2 = qcow2Header();
        serverThat(exchange -> {
            exchange.head(200);
            exchange.write(qcow2);
            while (true) {
                exchange.write(DISK);
            }
        });
        assertFails(jobs.submit(request(TARGET, "/")), "SOURCE_TOO_LARGE", "larger than the limit of " + LIMIT);
        assertScratchIsEmpty();
    }
}
