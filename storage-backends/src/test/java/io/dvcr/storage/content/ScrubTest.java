package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.ScrubFinding.Corrupt;
import io.dvcr.storage.content.ScrubFinding.Missing;
import io.dvcr.storage.object.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Blobs that rot on disk, found by reading them again. */
class ScrubTest extends ContentTest {
    private static final ScrubSettings FAST = new ScrubSettings(Duration.ofDays(7), 1L << 40);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void a_sound_store_is_all_well() throws IOException {
        Digest hello = putBlob("hello");
        putManifestNaming(hello);
        ScrubReport report = scrub();

        assertThat(report.allWell()).isTrue();
        assertThat(report.blobs()).isEqualTo(2);
        assertThat(report.bytes()).isGreaterThan(5);
        assertThat(report.findings()).isEmpty();
    }

    @Test
    void a_corrupt_blob_goes_to_quarantine_and_is_unknown_until_it_is_pushed_again() throws IOException {
        Digest hello = putBlob("hello");
        StoredManifest manifest = putManifestNaming(hello);
        corrupt(hello);

        ScrubReport report = scrub();
        assertThat(report.findings())
                .containsExactly(new Corrupt(hello, 5), new Missing(hello, VMS, manifest.digest()));
        assertThat(content.blobs().find(VMS, hello)).isEmpty();
        assertThat(store.head(StoreLayout.quarantined(hello))).isPresent();

        push("hello");
        assertThat(content.blobs().readAll(content.blobs().get(VMS, hello))).isEqualTo("hello".getBytes(UTF_8));
        assertThat(scrub().allWell()).isTrue();
    }

    @Test
    void a_blob_that_lost_its_end_is_corrupt() throws IOException {
        Digest hello = putBlob("hello");
        Files.write(file(StoreLayout.blob(hello)), "hell".getBytes(UTF_8));

        assertThat(scrub().findings()).containsExactly(new Corrupt(hello, 4));
    }

    @Test
    void a_corrupt_manifest_is_unknown_until_it_is_pushed_again() throws IOException {
        StoredManifest manifest = putManifestNaming(putBlob("hello"));
        corrupt(manifest.digest());
        ScrubReport report = scrub();

        assertThat(report.corrupt()).isEqualTo(1);
        assertThat(report.missing()).isEqualTo(1);
        Reference reference = new Reference.ByDigest(manifest.digest());
        assertThatThrownBy(() -> content.manifests().get(VMS, reference)).isInstanceOf(RegistryException.class);

        content.manifests().put(VMS, manifest);
        assertThat(content.manifests().get(VMS, reference).content()).isEqualTo(manifest.content());
    }

    @Test
    void a_corrupt_blob_that_was_brought_back_does_not_come_back_once_more() throws IOException {
        Digest hello = putBlob("hello");
        content.garbage().collect(Duration.ZERO, false);
        content.garbage().collect(Duration.ZERO, false);
        assertThat(store.head(StoreLayout.blobAside(hello))).isPresent();
        assertThat(content.blobs().find(hello)).isPresent(); // two names now
        corrupt(hello);

        assertThat(scrub().corrupt()).isEqualTo(1);
        assertThat(content.blobs().find(hello)).isEmpty();
    }

    @Test
    void what_is_in_quarantine_is_garbage_once_there_is_a_sound_blob_or_nobody_wants_one() throws IOException {
        Digest hello = putBlob("hello");
        putManifestNaming(hello);
        Digest unwanted = putBlob("unwanted");
        corrupt(hello);
        corrupt(unwanted);
        scrub();
        collectTimes(3);
        assertThat(store.head(StoreLayout.quarantined(hello))).isPresent();
        assertThat(store.head(StoreLayout.quarantined(unwanted))).isEmpty();

        push("hello");
        collectTimes(1);
        assertThat(store.head(StoreLayout.quarantined(hello))).isEmpty();
        assertThat(content.blobs().find(VMS, hello)).isPresent();
    }

    @Test
    void a_blob_that_is_set_aside_or_purged_while_it_is_read_is_not_corrupt() throws IOException {
        putBlob("hello");
        ScrubReport report =
                scrub(ScrubState.begun(ScrubReport.begun(NOW)), 1, new ArrayList<>(), () -> collectTimes(3));

        assertThat(report.blobs()).isEqualTo(1);
        assertThat(report.findings()).isEmpty();
        assertThat(store.list(StoreLayout.QUARANTINE, Optional.empty(), 10)).isEmpty();
    }

    @Test
    void a_scrub_that_is_stopped_goes_on_behind_the_last_blob_it_had_done() throws IOException {
        for (int i = 0; i < 5; i++) {
            putBlob("blob " + i);
        }
        List<ScrubState> states = new ArrayList<>();
        List<String> read = new ArrayList<>();
        ScrubState begun = ScrubState.begun(ScrubReport.begun(NOW));
        assertThatThrownBy(() -> scrub(begun, 1, states, () -> {
                    read.add("some");
                    if (read.size() == 3) {
                        throw new IOException("stop");
                    }
                }))
                .hasMessage("stop");
        ScrubState stored =
                ScrubJson.parse(ScrubJson.toJson(states.getLast()).array()).orElseThrow();

        assertThat(scrub(stored, 1, states, () -> read.add("some")).blobs()).isEqualTo(5);
        assertThat(read).hasSize(6); // of the blob that was cut off twice, of the others once
    }

    @Test
    void the_last_report_outlives_a_restart_and_is_not_due_again() throws Exception {
        ScrubReport report = scrub();
        try (Scrub restarted = Scrub.start(store, content, FAST, Clock.systemUTC())) {
            assertThat(restarted.report()).contains(report);
            assertThat(restarted.begin().started()).isAfter(report.started());
            assertThat(await(restarted).allWell()).isTrue();
        }
    }

    @Test
    void one_scrub_runs_at_a_time() throws Exception {
        putBlob("a blob that takes very long to read at one byte a second");
        try (Scrub scrub = Scrub.start(store, content, new ScrubSettings(Duration.ofDays(7), 1), Clock.systemUTC())) {
            ScrubReport begun = scrub.begin();
            assertThat(scrub.begin().started()).isEqualTo(begun.started());
            assertThat(scrub.report().orElseThrow().allWell()).isFalse();
        }
    }

    @Test
    void a_report_is_read_as_it_was_stored() throws IOException {
        Digest digest = Digest.sha256("x".getBytes(UTF_8));
        ScrubReport report = ScrubReport.begun(NOW)
                .read(7)
                .found(new Corrupt(digest, 7))
                .found(new ScrubFinding.Unreadable(digest, "Input/output error"))
                .found(new Missing(digest, VMS, digest))
                .ended(NOW.plusSeconds(1));
        ScrubState state = ScrubState.begun(report).behind("blobs/x");

        assertThat(ScrubJson.parse(ScrubJson.toJson(state).array())).contains(state);
        assertThat(ScrubJson.parse("{}".getBytes(UTF_8))).isEmpty();
    }

    private interface Step {
        void perform() throws IOException;
    }

    /** A whole scrub by the service, as it runs in a server. */
    private ScrubReport scrub() throws IOException {
        try (Scrub scrub = Scrub.start(store, content, FAST, Clock.systemUTC())) {
            scrub.begin();
            return await(scrub);
        }
    }

    private static ScrubReport await(Scrub scrub) {
        while (true) {
            ScrubReport report = scrub.report().orElseThrow();
            if (report.ended().isPresent()) {
                return report;
            }
            Thread.onSpinWait();
        }
    }

    /** One pass at a crawl; {@code meanwhile} happens whenever something was read. */
    private ScrubReport scrub(ScrubState from, long bytesPerSecond, List<ScrubState> states, Step meanwhile)
            throws IOException {
        states.add(from);
        Pace pace = new Pace(bytesPerSecond, () -> 0, _ -> meanwhile.perform());
        ScrubPass.Listener listener = new ScrubPass.Listener() {
            @Override
            public void at(ScrubState now) {
                states.add(now);
            }

            @Override
            public void found(ScrubFinding finding, ScrubState now) {
                states.add(now);
            }
        };
        new ScrubPass(store, needs(), new Quarantine(store, content.garbage()), pace, from, listener).run();
        return states.getLast().report();
    }

    private void collectTimes(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            content.garbage().collect(Duration.ZERO, false);
        }
    }

    private Digest putBlob(String text) throws IOException {
        Digest digest = Digest.sha256(text.getBytes(UTF_8));
        content.blobs().put(VMS, digest, ByteBuffer.wrap(text.getBytes(UTF_8)));
        return digest;
    }

    private void push(String text) throws IOException {
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            upload.append(new ByteArrayInputStream(text.getBytes(UTF_8)), 1000);
            upload.commit(Digest.sha256(text.getBytes(UTF_8)));
        }
    }

    private StoredManifest putManifestNaming(Digest blob) throws IOException {
        byte[] json = """
                {"schemaVersion":2,"layers":[{"mediaType":"a/b","size":5,"digest":"%s"}]}""".formatted(blob).getBytes(UTF_8);
        StoredManifest manifest = new StoredManifest(Digest.sha256(json), OF_NO_KNOWN_TYPE, json);
        content.manifests().put(VMS, manifest);
        return manifest;
    }

    private void corrupt(Digest digest) throws IOException {
        Files.write(file(StoreLayout.blob(digest)), new byte[] {'!'}, StandardOpenOption.WRITE);
    }

    private Path file(ObjectKey key) {
        return directory.resolve(key.value());
    }
}
