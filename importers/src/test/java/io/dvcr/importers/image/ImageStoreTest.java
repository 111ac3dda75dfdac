package io.dvcr.importers.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.StoredManifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImageStoreTest {
    private static final RepositoryName VMS = new RepositoryName("vms/debian");
    private static final Reference TWELVE = new Reference.ByTag(new Tag("12"));
    private static final byte[] DISK = disk(1);

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

    /** 3 MiB, of which the middle one is a hole. */
    private static byte[] disk(int seed) {
        byte[] disk = new byte[3 << 20];
        new Random(seed).nextBytes(disk);
        Arrays.fill(disk, 1 << 20, 2 << 20, (byte) 0);
        return disk;
    }

    @Test
    void a_published_image_is_found_by_tag_and_by_digest() throws IOException {
        ImageDetails published = registry.publish("vms/debian:12", DISK);

        assertThat(published.repository()).isEqualTo(VMS);
        assertThat(published.tag()).contains(new Tag("12"));
        assertThat(published.format()).isEqualTo("raw");
        assertThat(published.virtualSize()).isEqualTo(3 << 20);
        assertThat(published.usedSize()).isEqualTo(2 << 20);
        assertThat(published.storedSize()).isBetween(2L << 20, (2L << 20) + 100_000);
        assertThat(published.cdrom()).isFalse();
        assertThat(published.created()).isEqualTo(TestRegistry.NOON);

        assertThat(registry.images().get(VMS, TWELVE).details()).isEqualTo(published);
        ImageDetails byDigest = registry.images()
                .get(VMS, new Reference.ByDigest(published.digest()))
                .details();
        assertThat(byDigest.tag()).isEmpty();
        assertThat(byDigest.digest()).isEqualTo(published.digest());
    }

    @Test
    void its_disk_is_what_was_written_as_a_whole_and_in_part() throws IOException {
        registry.publish("vms/debian:12", DISK);
        assertThat(registry.disk("vms/debian:12")).isEqualTo(DISK);

        ByteArrayOutputStream part = new ByteArrayOutputStream();
        try (var disk = registry.images().open(registry.images().get(VMS, TWELVE))) {
            disk.copyTo(part, (1 << 20) - 7, (1 << 20) + 14);
        }
        assertThat(part.toByteArray()).isEqualTo(Arrays.copyOfRange(DISK, (1 << 20) - 7, (2 << 20) + 7));
    }

    @Test
    void an_image_that_is_not_there_is_unknown() throws IOException {
        assertThat(registry.images().find(VMS, TWELVE)).isEmpty();
        assertThatThrownBy(() -> registry.images().get(VMS, TWELVE))
                .isInstanceOf(RegistryException.class)
                .extracting(e -> ((RegistryException) e).error())
                .isEqualTo(new ManifestUnknown(VMS, TWELVE));
    }

    @Test
    void the_list_has_every_tagged_image_and_nothing_else() throws IOException {
        registry.publish("vms/debian:12", DISK);
        registry.publish("vms/debian:latest", DISK);
        registry.publish("vms/alpine:3", disk(2));
        push("vms/debian", "other", "{\"schemaVersion\":2}");

        assertThat(registry.images().list())
                .extracting(image -> image.repository() + ":" + image.tag())
                .containsExactlyInAnyOrder("vms/debian:12", "vms/debian:latest", "vms/alpine:3");
    }

    @Test
    void a_manifest_that_only_says_it_is_a_disk_is_no_image_and_does_not_hide_the_others() throws IOException {
        registry.publish("vms/debian:12", DISK);
        push(
                "vms/debian",
                "liar",
                "{\"schemaVersion\":2,\"artifactType\":\"%s\"}".formatted(DiskManifest.ARTIFACT_TYPE));

        assertThat(registry.find("vms/debian:liar")).isEmpty();
        assertThat(registry.images().list()).hasSize(1);
    }

    @Test
    void the_disk_of_another_repository_is_not_read_through_foreign_layers() throws IOException {
        registry.publish("secret/disk:1", DISK);
        DiskManifest secret = registry.find("secret/disk:1").orElseThrow().disk();
        String foreign = new String(secret.toJson(), UTF_8)
                .replace(
                        "{\"mediaType\":\"application/vnd.dvcr",
                        "{\"urls\":[\"x\"],\"mediaType\":\"application/vnd.dvcr");
        push("public/disk", "1", DiskManifest.MEDIA_TYPE, foreign);

        assertThat(registry.find("public/disk:1")).isEmpty();
    }

    @Test
    void an_image_goes_with_its_last_name() throws IOException {
        ImageDetails image = registry.publish("vms/debian:12", DISK);
        registry.publish("vms/debian:latest", DISK);
        Reference digest = new Reference.ByDigest(image.digest());

        registry.images().remove(VMS, TWELVE);
        assertThat(registry.images().find(VMS, TWELVE)).isEmpty();
        assertThat(registry.images().find(VMS, digest)).isPresent();
        assertThatThrownBy(() -> registry.images().remove(VMS, TWELVE)).isInstanceOf(RegistryException.class);

        registry.images().remove(VMS, new Reference.ByTag(new Tag("latest")));
        assertThat(registry.images().find(VMS, digest)).isEmpty();
        assertThat(registry.images().list()).isEmpty();
    }

    @Test
    void an_image_removed_by_its_digest_takes_its_names_with_it() throws IOException {
        ImageDetails image = registry.publish("vms/debian:12", DISK);
        registry.publish("vms/debian:latest", DISK);
        registry.images().remove(VMS, new Reference.ByDigest(image.digest()));
        assertThat(registry.images().list()).isEmpty();
    }

    @Test
    void what_is_not_an_image_is_not_removed() throws IOException {
        push("vms/debian", "12", "{\"schemaVersion\":2}");
        assertThatThrownBy(() -> registry.images().remove(VMS, TWELVE)).isInstanceOf(RegistryException.class);
        assertThat(registry.content().manifests().find(VMS, TWELVE)).isPresent();
    }

    @Test
    void the_same_disk_is_stored_once() throws IOException {
        registry.publish("vms/debian:12", DISK);
        long before = blobs();
        registry.publish("vms/debian:again", DISK);
        assertThat(blobs()).isEqualTo(before);
    }

    private long blobs() throws IOException {
        return registry.store().list("blobs/", Optional.empty(), 1000).size();
    }

    /** A manifest of a type of which the registry knows nothing. */
    private void push(String repository, String tag, String manifest) throws IOException {
        push(repository, tag, "application/vnd.example.manifest.v1+json", manifest);
    }

    private void push(String repository, String tag, String mediaType, String manifest) throws IOException {
        byte[] bytes = manifest.getBytes(UTF_8);
        RepositoryName name = new RepositoryName(repository);
        StoredManifest stored = new StoredManifest(Digest.sha256(bytes), mediaType, bytes);
        registry.content().manifests().put(name, stored);
        registry.content().tags().put(name, new Tag(tag), stored.digest());
    }
}
