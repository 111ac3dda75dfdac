package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.CheckFinding.Alien;
import io.dvcr.storage.content.CheckFinding.Broken;
import io.dvcr.storage.content.CheckFinding.Corrupt;
import io.dvcr.storage.content.CheckFinding.Dangling;
import io.dvcr.storage.content.CheckFinding.Missing;
import io.dvcr.storage.content.CheckFinding.NoReferrer;
import io.dvcr.storage.content.CheckFinding.Uncatalogued;
import io.dvcr.storage.content.CheckFinding.Unreadable;
import io.dvcr.storage.content.CheckFinding.Unsound;
import io.dvcr.storage.content.CheckReport.Amount;
import io.dvcr.storage.content.CheckReport.Leftovers;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectReader;
import io.dvcr.storage.object.StoreUnavailableException;
import io.dvcr.storage.object.StoredFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stores that are broken in every way there is, and one that is not, as a check sees them. */
class StoreCheckTest extends ContentTest {
    private static final Instant LONG_AGO = Instant.parse("2020-01-02T03:04:05Z");
    private static final CheckSettings THOROUGH = new CheckSettings(3, Optional.empty(), 1, 0, LONG_AGO);
    private static final Tag LATEST = new Tag("latest");

    private Optional<Map<String, String>> before = Optional.empty();

    @AfterEach
    void nothing_was_changed() throws IOException {
        assertThat(before).isPresent().contains(tree());
    }

    @Test
    void a_sound_store_is_all_well() throws IOException {
        Digest hello = putBlob("hello");
        Digest disk = putComposite(hello, "hello".length(), "xhello".getBytes(UTF_8));
        StoredManifest manifest = putManifest("", hello, disk);
        putManifest(subject(manifest), hello);
        content.tags().put(VMS, LATEST, manifest.digest());

        CheckReport report = check();
        assertThat(report.allWell()).isTrue();
        assertThat(report.findings()).isEmpty();
        assertThat(report.blobs().count()).isEqualTo(3);
        assertThat(report.composites()).isEqualTo(1);
        assertThat(report.read()).isEqualTo(4);
        assertThat(report.readBytes()).isEqualTo(report.blobs().bytes() + "xhello".length());
        assertThat(report.repositories()).isEqualTo(1);
        assertThat(report.manifests()).isEqualTo(2);
        assertThat(report.tags()).isEqualTo(1);
    }

    @Test
    void an_empty_store_is_all_well() throws IOException {
        assertThat(check().allWell()).isTrue();
    }

    @Test
    void a_blob_that_is_not_what_its_digest_says_is_corrupt_and_stays() throws IOException {
        Digest hello = putBlob("hello");
        putManifest("", hello);
        write(StoreLayout.blob(hello), "hullo");

        assertThat(check().findings()).containsExactly(new Corrupt(hello, 5));
    }

    @Test
    void a_blob_that_is_gone_is_missed_by_each_manifest_that_names_it() throws IOException {
        Digest hello = putBlob("hello");
        StoredManifest one = putManifest("", hello);
        StoredManifest other = putManifest(subject(one), hello);
        delete(StoreLayout.blob(hello));

        assertThat(check().findings())
                .containsExactlyInAnyOrder(
                        new Missing(hello, VMS, one.digest()), new Missing(hello, VMS, other.digest()));
    }

    @Test
    void a_blob_that_its_repository_was_not_given_is_missing() throws IOException {
        Digest hello = putBlob("hello");
        StoredManifest manifest = putManifest("", hello);
        delete(StoreLayout.blobLink(VMS, hello));

        assertThat(check().findings()).containsExactly(new Missing(hello, VMS, manifest.digest()));
    }

    @Test
    void what_garbage_collection_has_set_aside_is_there_and_stays_aside() throws IOException {
        Digest hello = putBlob("hello");
        putManifest("", hello);
        move(StoreLayout.blob(hello), StoreLayout.blobAside(hello));
        move(StoreLayout.blobLink(VMS, hello), StoreLayout.blobLinkAside(VMS, hello));

        CheckReport report = check();
        assertThat(report.findings()).isEmpty();
        assertThat(report.leftovers().setAside()).isEqualTo(new Amount(1, 5));
    }

    @Test
    void a_manifest_whose_bytes_are_gone_is_missing() throws IOException {
        StoredManifest manifest = putManifest("", putBlob("hello"));
        delete(StoreLayout.blob(manifest.digest()));

        assertThat(check().findings()).containsExactly(new Missing(manifest.digest(), VMS, manifest.digest()));
    }

    @Test
    void a_manifest_that_is_damaged_is_unsound_and_its_blob_corrupt() throws IOException {
        StoredManifest manifest = putManifest("", putBlob("hello"));
        write(StoreLayout.blob(manifest.digest()), "{}");

        assertThat(check().findings())
                .containsExactly(
                        new Corrupt(manifest.digest(), 2),
                        new Unsound(VMS, manifest.digest(), "its bytes are not those of its digest"));
    }

    @Test
    void a_manifest_that_is_none_is_unsound() throws IOException {
        Digest text = putBlob("no JSON");
        write(StoreLayout.manifest(VMS, text), "{\"mediaType\":\"" + Manifest.OCI_MANIFEST + "\"}");
        write(StoreLayout.catalogEntry(VMS), "");

        assertThat(check().findings())
                .singleElement()
                .isInstanceOfSatisfying(
                        Unsound.class, unsound -> assertThat(unsound.reason()).contains("not well-formed JSON"));
    }

    @Test
    void a_manifest_whose_entry_is_damaged_is_unsound() throws IOException {
        StoredManifest manifest = putManifest("", putBlob("hello"));
        write(StoreLayout.manifest(VMS, manifest.digest()), "{");

        assertThat(check().findings()).containsExactly(new Unsound(VMS, manifest.digest(), "its entry is damaged"));
    }

    @Test
    void what_a_rule_finds_wrong_with_a_manifest_is_told() throws IOException {
        Digest hello = putBlob("hello");
        StoredManifest manifest = putManifest("", hello);
        ManifestRule rule = (_, blobs) -> {
            try (var in = blobs.open(hello)) {
                return Optional.of("it says " + new String(in.readAllBytes(), UTF_8));
            }
        };

        assertThat(check(THOROUGH, rule).findings())
                .containsExactly(new Unsound(VMS, manifest.digest(), "it says hello"));
    }

    @Test
    void a_tag_that_leads_nowhere_dangles() throws IOException {
        StoredManifest manifest = putManifest("", putBlob("hello"));
        content.tags().put(VMS, LATEST, manifest.digest());
        write(StoreLayout.tag(VMS, new Tag("odd")), "no digest");
        delete(StoreLayout.manifest(VMS, manifest.digest()));

        assertThat(check().findings())
                .containsExactly(
                        new Dangling(VMS, LATEST, manifest.digest().toString()),
                        new Dangling(VMS, new Tag("odd"), "no digest"));
    }

    @Test
    void a_composite_of_which_a_piece_is_gone_is_broken_and_missing() throws IOException {
        Digest piece = putBlob("hello");
        Digest disk = putComposite(piece, "hello".length(), "xhello".getBytes(UTF_8));
        StoredManifest manifest = putManifest("", disk);
        delete(StoreLayout.blob(piece));

        assertThat(check().findings())
                .containsExactly(
                        new Broken(disk, piece + ", of which it is made, is missing"),
                        new Missing(disk, VMS, manifest.digest()));
    }

    @Test
    void a_composite_whose_record_is_damaged_is_broken_and_missing() throws IOException {
        Digest disk = putComposite(putBlob("hello"), "hello".length(), "xhello".getBytes(UTF_8));
        StoredManifest manifest = putManifest("", disk);
        write(StoreLayout.composite(disk), "DVCRCOMP");

        assertThat(check().findings())
                .containsExactly(new Broken(disk, "its record is damaged"), new Missing(disk, VMS, manifest.digest()));
    }

    @Test
    void a_composite_that_makes_something_else_is_broken() throws IOException {
        Digest disk = putComposite(putBlob("hello"), "hello".length(), "something else".getBytes(UTF_8));
        Digest beyond = putComposite(putBlob("short"), 10, "beyond its piece".getBytes(UTF_8));
        putManifest("", disk, beyond);

        assertThat(check().findings())
                .hasSize(2)
                .contains(new Broken(disk, "what it is made of does not make it"))
                .anySatisfy(finding -> assertThat(finding.toString()).contains(beyond.hex(), "ends early"));
    }

    @Test
    void a_composite_that_nobody_names_may_be_broken() throws IOException {
        putComposite(putBlob("hello"), "hello".length(), "something else".getBytes(UTF_8));

        CheckReport report = check();
        assertThat(report.allWell()).isTrue();
        assertThat(report.leftovers().unnamed().count()).isEqualTo(2);
    }

    @Test
    void a_referrer_that_is_not_listed_and_a_repository_that_is_not_in_the_catalogue_are_told() throws IOException {
        StoredManifest subject = putManifest("", putBlob("hello"));
        StoredManifest referrer = putManifest(subject(subject), putBlob("hello"));
        delete(StoreLayout.referrer(VMS, subject.digest(), referrer.digest()));
        delete(StoreLayout.catalogEntry(VMS));

        assertThat(check().findings())
                .containsExactly(new NoReferrer(VMS, referrer.digest(), subject.digest()), new Uncatalogued(VMS));
    }

    @Test
    void what_nobody_has_put_there_is_told() throws IOException {
        putManifest("", putBlob("hello"));
        write(new ObjectKey("blobs/sha256/ab/notes.txt"), "dvcr");
        write(new ObjectKey("repositories/lost"), "dvcr");

        assertThat(check().findings())
                .containsExactly(new Alien("blobs/sha256/ab/notes.txt"), new Alien("repositories/lost"));
    }

    @Test
    void what_cannot_be_read_is_told_and_the_rest_is_looked_at() throws IOException {
        Digest hello = putBlob("hello");
        Digest other = putBlob("other");
        putManifest("", hello, other);
        write(StoreLayout.blob(other), "rotten");

        assertThat(checkWith(new IOException("Input/output error"), StoreLayout.blob(hello))
                        .findings())
                .containsExactly(
                        new Corrupt(other, 6),
                        new Unreadable(StoreLayout.blob(hello).value(), "Input/output error"));
    }

    @Test
    void a_store_that_is_down_ends_the_check() throws IOException {
        Digest hello = putBlob("hello");
        putManifest("", hello);

        assertThatThrownBy(() ->
                        checkWith(new StoreUnavailableException("down", new IOException()), StoreLayout.blob(hello)))
                .hasMessageContaining("down");
    }

    @Test
    void only_what_is_new_or_drawn_is_read_again_and_names_always_are() throws IOException {
        Digest old = putBlob("old");
        Digest young = putBlob("young");
        putManifest("", old, young);
        write(StoreLayout.blob(old), "rotten");
        write(StoreLayout.blob(young), "rotten");
        Files.setLastModifiedTime(file(StoreLayout.blob(old)), FileTime.from(LONG_AGO));
        delete(StoreLayout.blobLink(VMS, old));
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));

        CheckReport ofNew = check(new CheckSettings(1, Optional.of(yesterday), 1, 0, LONG_AGO), ManifestRule.NONE);
        CheckReport ofNone = check(new CheckSettings(1, Optional.empty(), 0, 0, LONG_AGO), ManifestRule.NONE);
        assertThat(ofNew.findings()).hasSize(2).contains(new Corrupt(young, 6));
        assertThat(ofNone.findings()).hasSize(1).first().isInstanceOf(Missing.class);
        assertThat(ofNone.read()).isZero();
    }

    @Test
    void what_is_left_over_is_counted_and_no_fault() throws IOException {
        putBlob("unnamed");
        content.uploads().begin(VMS, Digest.Algorithm.SHA256).close();
        UploadId orphan = UploadId.random();
        write(StoreLayout.uploadData(orphan), "half");
        Files.setLastModifiedTime(file(StoreLayout.uploadData(orphan)), FileTime.from(LONG_AGO.minusSeconds(1)));
        IncomingFiles.in(store).begin(UploadId.random(), "{}".getBytes(UTF_8));
        write(StoreLayout.quarantined(Digest.sha256(new byte[0])), "bad");
        Files.writeString(directory.resolve(".tmp/cut"), "x");
        Files.setLastModifiedTime(directory.resolve(".tmp/cut"), FileTime.from(LONG_AGO.minusSeconds(1)));
        Files.writeString(directory.resolve(".tmp/being-written"), "x");

        CheckReport report = check();
        assertThat(report.allWell()).isTrue();
        assertThat(report.leftovers())
                .isEqualTo(new Leftovers(new Amount(1, 7), Amount.NOTHING, new Amount(1, 3), 1, 1, 2));
    }

    private CheckReport check() throws IOException {
        return check(THOROUGH, ManifestRule.NONE);
    }

    private CheckReport check(CheckSettings settings, ManifestRule rule) throws IOException {
        before = Optional.of(tree());
        return new StoreCheck(StoredFiles.in(directory), settings, rule, (_, _, _) -> {}).run();
    }

    private CheckReport checkWith(IOException failure, ObjectKey unreadable) throws IOException {
        before = Optional.of(tree());
        ObjectReader failing = new UnreadableObject(StoredFiles.in(directory), unreadable, failure);
        return new StoreCheck(failing, THOROUGH, ManifestRule.NONE, (_, _, _) -> {}).run();
    }

    /** Every file, with its bytes and times. */
    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                tree.put(
                        directory.relativize(file).toString(),
                        Files.getLastModifiedTime(file) + " " + Digest.sha256(Files.readAllBytes(file)));
            }
        }
        return tree;
    }

    private Digest putBlob(String text) throws IOException {
        Digest digest = Digest.sha256(text.getBytes(UTF_8));
        content.blobs().put(VMS, digest, ByteBuffer.wrap(text.getBytes(UTF_8)));
        return digest;
    }

    /** An x and the first bytes of {@code piece}, said to be {@code whole}. */
    private Digest putComposite(Digest piece, int length, byte[] whole) throws IOException {
        Digest digest = Digest.sha256(whole);
        Composite composite = new Composite.Builder()
                .bytes("x".getBytes(UTF_8), 1)
                .blob(piece, 0, length)
                .build()
                .orElseThrow();
        content.blobs().put(VMS, digest, composite);
        return digest;
    }

    private StoredManifest putManifest(String more, Digest... blobs) throws IOException {
        String layers = Stream.of(blobs)
                .map("{\"mediaType\":\"a/b\",\"size\":5,\"digest\":\"%s\"}"::formatted)
                .reduce((one, other) -> one + "," + other)
                .orElseThrow();
        byte[] json = ("{\"schemaVersion\":2," + more + "\"layers\":[" + layers + "]}").getBytes(UTF_8);
        StoredManifest manifest = new StoredManifest(Digest.sha256(json), OF_NO_KNOWN_TYPE, json);
        content.manifests().put(VMS, manifest);
        return manifest;
    }

    private static String subject(StoredManifest manifest) {
        return "\"subject\":{\"mediaType\":\"a/b\",\"size\":1,\"digest\":\"" + manifest.digest() + "\"},";
    }

    private void write(ObjectKey key, String text) throws IOException {
        store.put(key, ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private void delete(ObjectKey key) throws IOException {
        assertThat(store.delete(key)).isTrue();
    }

    private void move(ObjectKey from, ObjectKey to) throws IOException {
        store.move(from, to);
    }

    private Path file(ObjectKey key) {
        return directory.resolve(key.value());
    }
}
