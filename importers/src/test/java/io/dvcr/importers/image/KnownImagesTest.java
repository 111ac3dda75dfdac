package io.dvcr.importers.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestBlobUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new image takes from those that are there, over a real file system. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class KnownImagesTest {
    private static final RepositoryName VMS = new RepositoryName("vms/debian");
    private static final byte[] DISK = disk(1);
    private static final byte[] REBUILT = rebuilt();

    @TempDir
    private Path directory;

    private TestRegistry registry;

    @BeforeEach
    void open() throws IOException {
        registry = TestRegistry.in(directory);
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
    }

    private static byte[] disk(int seed) {
        byte[] disk = new byte[3 << 20];
        new Random(seed).nextBytes(disk);
        return disk;
    }

    /** The same files elsewhere, and a new one before them. */
    private static byte[] rebuilt() {
        byte[] disk = new byte[4 << 20];
        System.arraycopy(disk(2), 0, disk, 0, 1 << 20);
        System.arraycopy(DISK, 0, disk, 1 << 20, DISK.length);
        return disk;
    }

    @Test
    void a_rebuilt_image_brings_only_what_differs() throws IOException {
        ImageDetails first = registry.publish("vms/debian:12", DISK);

        ImageDetails second = publish("vms/debian:13", REBUILT, Optional.empty());

        assertThat(first.newlyStored()).hasValue(first.storedSize());
        assertThat(second.newlyStored().orElseThrow()).isBetween(1L << 20, (1L << 20) + 300_000);
        assertThat(second.storedSize()).isGreaterThan(4 << 20);
        assertThat(registry.disk("vms/debian:13")).isEqualTo(REBUILT);
        assertThat(registry.images().get(VMS, tag("13")).details()).isEqualTo(second);
    }

    @Test
    void the_packs_of_a_base_in_another_repository_become_those_of_the_image_as_well() throws IOException {
        registry.publish("base/debian:12", DISK);

        ImageDetails image = publish("vms/debian:13", REBUILT, Optional.of("base/debian:12"));

        assertThat(image.newlyStored().orElseThrow()).isLessThan((1 << 20) + 300_000);
        assertThat(packs("vms/debian:13")).containsAll(packs("base/debian:12"));
        registry.images().remove(new RepositoryName("base/debian"), tag("12"));
        collectTwice();
        assertThat(registry.disk("vms/debian:13")).isEqualTo(REBUILT);
    }

    @Test
    void without_a_base_nothing_of_another_repository_is_used() throws IOException {
        registry.publish("secret/debian:12", DISK);

        ImageDetails image = publish("vms/debian:13", REBUILT, Optional.empty());

        assertThat(image.newlyStored()).hasValue(image.storedSize());
        assertThat(packs("vms/debian:13")).doesNotContainAnyElementsOf(packs("secret/debian:12"));
    }

    @Test
    void a_base_that_has_gone_is_done_without() throws IOException {
        ImageDetails image = publish("vms/debian:13", DISK, Optional.of("base/debian:12"));
        assertThat(image.newlyStored()).hasValue(image.storedSize());
    }

    @Test
    void what_is_to_be_reused_survives_the_image_that_brought_it_while_collections_run() throws IOException {
        registry.publish("vms/debian:12", DISK);
        try (ImageDraft draft = registry.images().draftOver(VMS, Optional.empty())) {
            registry.images().remove(VMS, tag("12"));
            collectTwice();

            ImageDetails image = registry.publish(draft, new Tag("13"), REBUILT);

            assertThat(image.newlyStored().orElseThrow()).isLessThan(2 << 20);
        }
        collectTwice();
        assertThat(registry.disk("vms/debian:13")).isEqualTo(REBUILT);
    }

    @Test
    void what_came_to_nothing_holds_and_keeps_nothing() throws IOException {
        registry.publish("base/debian:12", DISK);
        try (ImageDraft draft = registry.images().draftOver(VMS, Optional.of(ImageReference.parse("base/debian:12")))) {
            draft.put(Digest.sha256(new byte[1]), "", ByteBuffer.wrap(new byte[1]));
        }
        registry.images().remove(new RepositoryName("base/debian"), tag("12"));
        collectTwice();

        assertThat(registry.store().list("blobs/", Optional.empty(), 10)).isEmpty();
        assertThat(registry.store().list("pending/", Optional.empty(), 10)).isEmpty();
    }

    @Test
    void a_pack_that_is_lost_before_is_stored_again() throws IOException {
        registry.publish("vms/debian:12", DISK);
        delete(packs("vms/debian:12"));

        ImageDetails image = publish("vms/debian:13", DISK, Optional.empty());

        assertThat(image.newlyStored()).hasValue(image.storedSize());
        assertThat(registry.disk("vms/debian:13")).isEqualTo(DISK);
    }

    @Test
    void a_pack_that_is_deleted_meanwhile_makes_no_broken_image() throws IOException {
        registry.publish("vms/debian:12", DISK);
        try (ImageDraft draft = registry.images().draftOver(VMS, Optional.empty())) {
            delete(packs("vms/debian:12"));

            assertThatThrownBy(() -> registry.publish(draft, new Tag("13"), REBUILT))
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            e -> assertThat(e.error()).isInstanceOf(ManifestBlobUnknown.class));
        }
        assertThat(registry.find("vms/debian:13")).isEmpty();
    }

    @Test
    void an_index_that_is_none_keeps_no_image_from_being_made() throws IOException {
        ImageDetails first = registry.publish("vms/debian:12", DISK);
        DiskManifest disk = registry.find("vms/debian:12").orElseThrow().disk();
        byte[] junk = "not an index".getBytes(StandardCharsets.US_ASCII);
        registry.content().blobs().put(VMS, Digest.sha256(junk), ByteBuffer.wrap(junk));
        BlobDescriptor index = new BlobDescriptor(DiskManifest.INDEX_TYPE, Digest.sha256(junk), junk.length);
        byte[] json = new DiskManifest(disk.config(), index, disk.packs()).toJson();
        registry.content()
                .manifests()
                .put(
                        VMS,
                        new StoredManifest(Digest.sha256(json), DiskManifest.MEDIA_TYPE, json),
                        List.of(new Tag("hostile")));

        ImageDetails image = publish("vms/debian:13", DISK, Optional.empty());

        assertThat(image.storedSize()).isEqualTo(first.storedSize());
        assertThat(registry.disk("vms/debian:13")).isEqualTo(DISK);
    }

    private ImageDetails publish(String name, byte[] disk, Optional<String> base) throws IOException {
        ImageReference reference = ImageReference.parse(name);
        Reference.ByTag named = (Reference.ByTag) reference.reference();
        try (ImageDraft draft = registry.images().draftOver(reference.repository(), base.map(ImageReference::parse))) {
            return registry.publish(draft, named.tag(), disk);
        }
    }

    private static Reference tag(String tag) {
        return new Reference.ByTag(new Tag(tag));
    }

    private List<BlobDescriptor> packs(String name) throws IOException {
        return registry.find(name).orElseThrow().disk().packs();
    }

    private void delete(List<BlobDescriptor> packs) throws IOException {
        for (BlobDescriptor pack : packs) {
            registry.content().blobs().delete(VMS, pack.digest());
        }
    }

    /** What nothing names is gone after that. */
    private void collectTwice() throws IOException {
        for (int i = 0; i < 3; i++) {
            registry.content().garbage().collect(Duration.ZERO, false);
        }
    }
}
