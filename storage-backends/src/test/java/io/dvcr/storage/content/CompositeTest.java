package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.BlobUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.ScrubFinding.Corrupt;
import io.dvcr.storage.content.ScrubFinding.Missing;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Blobs that are made of others. */
class CompositeTest extends ContentTest {
    private static final RepositoryName OTHER = new RepositoryName("vms");

    /** Hello, three times a comma, and of the other blob what is like "world". */
    private static final byte[] GREETING = "hello,,,world".getBytes(UTF_8);

    private static final Digest DIGEST = Digest.sha256(GREETING);

    @Test
    void a_composite_is_read_like_any_blob() throws IOException {
        putGreeting();

        assertThat(content.blobs().get(VMS, DIGEST)).isEqualTo(new Blob(DIGEST, GREETING.length));
        assertThat(content.blobs().readAll(content.blobs().get(VMS, DIGEST))).isEqualTo(GREETING);
        assertThat(content.blobs().openFile(DIGEST)).isEmpty();
        for (int from = 0; from <= GREETING.length; from++) {
            for (int to = from; to <= GREETING.length + 2; to++) {
                try (InputStream in = content.blobs().open(DIGEST, new ByteRange(from, to - from))) {
                    assertThat(in.readAllBytes())
                            .isEqualTo(Arrays.copyOfRange(GREETING, from, Math.min(to, GREETING.length)));
                }
            }
        }
    }

    @Test
    void any_stretch_of_many_pieces_is_read_whole_by_one_stretch_of_each_blob_in_turn() throws IOException {
        long seed = System.nanoTime();
        System.out.println("CompositeTest seed " + seed);
        Random random = new Random(seed);
        List<byte[]> blobs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            blobs.add(new byte[1 << 20]);
            random.nextBytes(blobs.getLast());
            content.blobs().put(VMS, Digest.sha256(blobs.getLast()), ByteBuffer.wrap(blobs.getLast()));
        }
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Composite.Builder builder = new Composite.Builder();
        for (int piece = 0; piece < 500; piece++) {
            append(random, blobs, builder, expected);
        }
        byte[] bytes = expected.toByteArray();
        Digest digest = Digest.sha256(bytes);
        content.blobs().put(VMS, digest, builder.build().orElseThrow());

        assertThat(content.blobs().get(VMS, digest).size()).isEqualTo(bytes.length);
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(bytes.length);
            int length = random.nextInt(bytes.length - from);
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            try (InputStream in = content.blobs().open(digest, new ByteRange(from, length))) {
                in.transferTo(read);
            }
            assertThat(Arrays.equals(read.toByteArray(), Arrays.copyOfRange(bytes, from, from + length)))
                    .isTrue();
        }
    }

    private static void append(
            Random random, List<byte[]> blobs, Composite.Builder builder, ByteArrayOutputStream expected) {
        if (random.nextInt(4) == 0) {
            byte[] own = {(byte) random.nextInt(3), 7, 8};
            int times = 1 + random.nextInt(100);
            builder.bytes(own, times);
            for (int i = 0; i < times; i++) {
                expected.writeBytes(own);
            }
        } else {
            byte[] blob = blobs.get(random.nextInt(blobs.size()));
            int from = random.nextInt(blob.length - 1);
            int length = 1 + random.nextInt(Math.min(50_000, blob.length - from));
            builder.blob(Digest.sha256(blob), from, length);
            expected.write(blob, from, length);
        }
    }

    @Test
    void stretches_that_follow_each_other_in_a_blob_are_opened_once() throws IOException {
        byte[] blob = "abcdefghij".getBytes(UTF_8);
        Digest digest = Digest.sha256(blob);
        Composite composite = new Composite.Builder()
                .blob(digest, 0, 2)
                .blob(digest, 2, 1)
                .bytes(",".getBytes(UTF_8), 2)
                .blob(digest, 5, 3)
                .build()
                .orElseThrow();
        List<ByteRange> opened = new ArrayList<>();
        CompositeStream stream = new CompositeStream(composite, ByteRange.all(100), (_, range) -> {
            opened.add(range);
            return new ByteArrayInputStream(blob, (int) range.offset(), (int) range.length());
        });

        assertThat(composite.count()).isEqualTo(3);
        assertThat(stream.readAllBytes()).isEqualTo("abc,,fgh".getBytes(UTF_8));
        assertThat(opened).containsExactly(new ByteRange(0, 8));
    }

    @Test
    void a_composite_counts_as_its_record_and_is_mounted_and_deleted_like_any_blob() throws IOException {
        putGreeting();
        content.blobs().mount(VMS, OTHER, DIGEST);
        long record = store.head(StoreLayout.composite(DIGEST)).orElseThrow().size();

        assertThat(content.quotas().usage(OTHER).heldBytes()).isEqualTo(record);
        assertThat(content.blobs().readAll(content.blobs().get(OTHER, DIGEST))).isEqualTo(GREETING);
        content.blobs().delete(OTHER, DIGEST);
        assertThat(content.blobs().find(OTHER, DIGEST)).isEmpty();
        assertThat(content.blobs().find(VMS, DIGEST)).isPresent();
    }

    @Test
    void what_a_composite_is_made_of_must_be_there() throws IOException {
        put("hello");

        assertThatThrownBy(() -> content.blobs().put(VMS, DIGEST, greeting()))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.error()).isEqualTo(new BlobUnknown(DIGEST)));
        assertThat(content.blobs().find(VMS, DIGEST)).isEmpty();
    }

    @Test
    void what_a_composite_is_made_of_stays_as_long_as_it_though_no_repository_has_it() throws IOException {
        putGreeting();
        StoredManifest manifest = putManifest(VMS, DIGEST);
        content.blobs().delete(VMS, Digest.sha256("hello".getBytes(UTF_8)));
        content.blobs().delete(VMS, Digest.sha256("a world".getBytes(UTF_8)));
        collectTimes(4);
        assertThat(content.blobs().readAll(content.blobs().get(VMS, DIGEST))).isEqualTo(GREETING);

        content.removals().delete(VMS, manifest.digest());
        collectTimes(3);
        assertThat(content.blobs().find(DIGEST)).isEmpty();
        for (String place : List.of("blobs/", "composites/", "aside/")) {
            assertThat(store.list(place, Optional.empty(), 10)).isEmpty();
        }
    }

    @Test
    void a_composite_that_was_set_aside_comes_back_with_all_it_is_made_of() throws IOException {
        putGreeting();
        while (store.head(StoreLayout.compositeAside(DIGEST)).isEmpty()) {
            collectTimes(1);
        }
        content.blobs().put(VMS, DIGEST, greeting());

        assertThat(content.blobs().readAll(content.blobs().get(VMS, DIGEST))).isEqualTo(GREETING);
        putManifest(VMS, DIGEST);
        collectTimes(4);
        assertThat(content.blobs().find(VMS, DIGEST)).isPresent();
    }

    @Test
    void a_dry_run_says_what_a_collection_then_does() throws IOException {
        putGreeting();
        for (int i = 0; i < 6; i++) {
            GarbageReport said = content.garbage().collect(Duration.ZERO, true);
            GarbageReport done = content.garbage().collect(Duration.ZERO, false);
            assertThat(said.purged()).isEqualTo(done.purged());
            assertThat(said.freedBytes()).isEqualTo(done.freedBytes());
            assertThat(said.setAside()).isEqualTo(done.setAside());
        }
    }

    @Test
    void a_composite_is_missing_while_a_blob_that_it_is_made_of_is_in_quarantine() throws IOException {
        putGreeting();
        StoredManifest manifest = putManifest(VMS, DIGEST);
        Digest hello = Digest.sha256("hello".getBytes(UTF_8));
        Files.write(file(StoreLayout.blob(hello)), "jello".getBytes(UTF_8));

        assertThat(scrub()).containsExactly(new Corrupt(hello, 5), new Missing(DIGEST, VMS, manifest.digest()));
        assertThat(content.blobs().find(VMS, DIGEST)).isEmpty();
        put("hello");
        assertThat(content.blobs().readAll(content.blobs().get(VMS, DIGEST))).isEqualTo(GREETING);
        assertThat(scrub()).isEmpty();
    }

    @Test
    void a_damaged_record_makes_the_blob_missing_until_it_is_stored_again() throws IOException {
        putGreeting();
        StoredManifest manifest = putManifest(VMS, DIGEST);
        byte[] record = Files.readAllBytes(file(StoreLayout.composite(DIGEST)));
        for (int at = 0; at < record.length; at++) {
            byte[] damaged = record.clone();
            damaged[at] ^= 0x10;
            assertThat(CompositeRecord.read(new ByteArrayInputStream(damaged))).isEmpty();
            assertThat(CompositeRecord.read(new ByteArrayInputStream(record, 0, at)))
                    .isEmpty();
        }
        record[30] ^= 1;
        Files.write(file(StoreLayout.composite(DIGEST)), record);

        assertThat(scrub()).containsExactly(new Missing(DIGEST, VMS, manifest.digest()));
        content.blobs().put(VMS, DIGEST, greeting());
        assertThat(scrub()).isEmpty();
    }

    @Test
    void a_composite_that_would_be_too_large_is_none() {
        Composite.Builder ownBytes = new Composite.Builder();
        Composite.Builder pieces = new Composite.Builder();
        for (int i = 0; i <= Composite.MAX_OWN_BYTES / 64; i++) {
            ownBytes.bytes(Arrays.copyOf(Integer.toString(i).getBytes(UTF_8), 64), 1);
        }
        for (int i = 0; i <= Composite.MAX_PIECES; i++) {
            pieces.blob(DIGEST, i % 2 * 10, 5);
        }

        assertThat(ownBytes.build()).isEmpty();
        assertThat(pieces.build()).isEmpty();
    }

    @Test
    void the_zeros_of_a_very_large_disk_are_one_piece() throws IOException {
        Composite composite = new Composite.Builder()
                .bytes(new byte[16 << 10], 1 << 30)
                .build()
                .orElseThrow();

        assertThat(composite.length()).isEqualTo(1L << 44);
        assertThat(CompositeRecord.write(composite).remaining()).isLessThan(20_000);
        try (CompositeStream end = new CompositeStream(
                composite, new ByteRange((1L << 44) - 5, 10), (_, _) -> InputStream.nullInputStream())) {
            assertThat(end.readAllBytes()).isEqualTo(new byte[5]);
        }
    }

    private void putGreeting() throws IOException {
        put("hello");
        put("a world");
        content.blobs().put(VMS, DIGEST, greeting());
    }

    private static Composite greeting() {
        return new Composite.Builder()
                .blob(Digest.sha256("hello".getBytes(UTF_8)), 0, 5)
                .bytes(",".getBytes(UTF_8), 3)
                .blob(Digest.sha256("a world".getBytes(UTF_8)), 2, 5)
                .build()
                .orElseThrow();
    }

    private void put(String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        content.blobs().put(VMS, Digest.sha256(bytes), ByteBuffer.wrap(bytes));
    }

    private StoredManifest putManifest(RepositoryName repository, Digest blob) throws IOException {
        byte[] json = """
                {"schemaVersion":2,"layers":[{"mediaType":"a/b","size":13,"digest":"%s"}]}""".formatted(blob).getBytes(UTF_8);
        StoredManifest manifest = new StoredManifest(Digest.sha256(json), OF_NO_KNOWN_TYPE, json);
        content.manifests().put(repository, manifest);
        return manifest;
    }

    private void collectTimes(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            content.garbage().collect(Duration.ZERO, false);
        }
    }

    private List<ScrubFinding> scrub() throws IOException {
        List<ScrubFinding> findings = new ArrayList<>();
        ScrubState begun = ScrubState.begun(ScrubReport.begun(Clock.systemUTC().instant()));
        Quarantine quarantine = new Quarantine(store, content.garbage());
        Pace pace = new Pace(1L << 40, System::nanoTime, _ -> {});
        new ScrubPass(store, needs(), quarantine, pace, begun, new ScrubPass.Listener() {
                    @Override
                    public void at(ScrubState now) {}

                    @Override
                    public void found(ScrubFinding finding, ScrubState now) {
                        findings.add(finding);
                    }
                })
                .run();
        return findings;
    }

    private Path file(ObjectKey key) {
        return directory.resolve(key.value());
    }
}
