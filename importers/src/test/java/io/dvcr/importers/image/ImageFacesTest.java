package io.dvcr.importers.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import io.dvcr.converters.face.ListedDisk;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients that know nothing of DVCR's disks find at the tag of an image. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImageFacesTest {
    private static final RepositoryName VMS = new RepositoryName("vms/debian");
    private static final Reference TWELVE = new Reference.ByTag(new Tag("12"));
    private static final ObjectMapper JSON = new ObjectMapper();

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

    /** Two stretches of data, the second like the first, and holes of many lengths about them. */
    private static byte[] disk(int length) {
        byte[] disk = new byte[length];
        byte[] data = new byte[length / 5];
        new Random(length).nextBytes(data);
        System.arraycopy(data, 0, disk, length / 8 & ~4095, data.length);
        System.arraycopy(data, 0, disk, length / 2 & ~4095, data.length);
        for (int hole = 4096; hole < data.length; hole *= 3) {
            Arrays.fill(disk, hole, hole + hole / 2, (byte) 0);
        }
        return disk;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, 5_000_001, 20 << 20})
    void every_face_of_a_disk_is_that_disk(int length) throws IOException {
        byte[] disk = disk(length);
        registry.publish("vms/debian:12", disk);
        List<Descriptor> faces = parsed(TWELVE).manifests();

        assertThat(faces).hasSize(3);
        assertThat(ListedDisk.in(parsed(TWELVE))).contains(faces.get(0).digest());
        assertThat(registry.disk("vms/debian:12")).isEqualTo(disk);
        assertIsKubeVirtArtifact(faces.get(1), disk);
        assertIsContainerDisk(faces.get(2), disk);
    }

    private void assertIsKubeVirtArtifact(Descriptor face, byte[] disk) throws IOException {
        Manifest manifest = parsed(new Reference.ByDigest(face.digest()));
        assertThat(face.annotations())
                .containsEntry("io.dvcr.artifact-type", "application/vnd.kubevirt.virtualmachine.v1");
        assertThat(manifest.artifactType()).contains("application/vnd.kubevirt.virtualmachine.v1");
        assertThat(manifest.layers()).hasSize(1);
        Descriptor layer = manifest.layers().getFirst();
        assertThat(layer.mediaType()).isEqualTo("application/vnd.kubevirt.disk.raw+zstd");
        assertThat(layer.annotations())
                .containsEntry("io.kubevirt.disk.name", "disk")
                .containsEntry("io.kubevirt.disk.size", Integer.toString(disk.length));
        assertThat(decompressed(layer)).isEqualTo(disk);
    }

    private void assertIsContainerDisk(Descriptor face, byte[] disk) throws IOException {
        Manifest manifest = parsed(new Reference.ByDigest(face.digest()));
        Descriptor layer = manifest.layers().getFirst();
        assertThat(layer.mediaType()).isEqualTo("application/vnd.oci.image.layer.v1.tar+zstd");
        byte[] tar = decompressed(layer);
        assertThat(tar.length % 512).isZero();
        assertThat(Arrays.equals(tar, 1024, 1024 + disk.length, disk, 0, disk.length))
                .isTrue();
        JsonNode config = JSON.readTree(bytes(manifest.config().orElseThrow()));
        assertThat(config.path("os").asText()).isEqualTo("linux");
        assertThat(config.path("architecture").asText()).isEqualTo("amd64");
        assertThat(config.path("rootfs").path("diff_ids").get(0).asText())
                .isEqualTo(Digest.sha256(tar).toString());
    }

    @Test
    void only_the_containerDisk_is_for_container_runtimes() throws IOException {
        registry.publish("vms/debian:12", disk(1 << 20));
        JsonNode index =
                JSON.readTree(registry.content().manifests().get(VMS, TWELVE).content());

        assertThat(index.path("manifests").findValues("platform"))
                .extracting(platform -> platform.path("os").asText() + "/"
                        + platform.path("architecture").asText())
                .containsExactly("unknown/unknown", "unknown/unknown", "linux/amd64");
    }

    @Test
    void all_faces_together_cost_less_than_a_fiftieth_of_the_packs() throws IOException {
        registry.publish("vms/debian:12", disk(20 << 20), new FaceSettings(false, 0));
        long alone = stored();
        registry.publish("vms/debian:12", disk(20 << 20), FaceSettings.DEFAULTS);

        assertThat(stored() - alone).isLessThan(alone / 50);
    }

    @Test
    void a_disk_beyond_the_limit_has_no_containerDisk() throws IOException {
        registry.publish("vms/debian:12", disk(1 << 20), new FaceSettings(true, (1 << 20) - 1));
        assertThat(parsed(TWELVE).manifests()).hasSize(2);
        registry.publish("vms/debian:12", disk(1 << 20), new FaceSettings(true, 1 << 20));
        assertThat(parsed(TWELVE).manifests()).hasSize(3);
    }

    /** Its zeros are few frames, over and over, of which a list of pieces has each once. */
    @Test
    void a_disk_of_16_TiB_with_little_on_it_has_a_KubeVirt_artifact_that_costs_little() throws IOException {
        registry.publish("vms/debian:12", disk(1 << 20), (1L << 44) - (1 << 20), FaceSettings.DEFAULTS);
        List<Descriptor> faces = parsed(TWELVE).manifests();

        assertThat(faces).as("a containerDisk is not for disks so large").hasSize(2);
        Descriptor layer =
                parsed(new Reference.ByDigest(faces.get(1).digest())).layers().getFirst();
        assertThat(layer.annotations()).containsEntry("io.kubevirt.disk.size", Long.toString(1L << 44));
        assertThat(layer.size()).isLessThan(1L << 30);
        assertThat(stored()).isLessThan(1 << 20);
    }

    @Test
    void an_image_that_is_removed_takes_its_faces_with_it() throws IOException {
        registry.publish("vms/debian:12", disk(1 << 20));
        registry.publish("vms/debian:latest", disk(1 << 20));
        registry.images().remove(VMS, TWELVE);
        collect();
        assertThat(registry.disk("vms/debian:latest")).isEqualTo(disk(1 << 20));

        registry.images().remove(VMS, new Reference.ByTag(new Tag("latest")));
        collect();
        for (String place : List.of("blobs/", "composites/", "aside/", "repositories/", "catalog/")) {
            assertThat(registry.store().list(place, Optional.empty(), 10)).isEmpty();
        }
    }

    @Test
    void a_face_that_has_a_name_of_its_own_or_belongs_to_another_image_stays() throws IOException {
        Digest first = registry.publish("vms/debian:12", disk(1 << 20)).digest();
        registry.publish("vms/debian:13", disk(1 << 20), new FaceSettings(false, 0)); // the same KubeVirt artifact
        List<Descriptor> faces = parsed(TWELVE).manifests();
        registry.content().tags().put(VMS, new Tag("container"), faces.get(2).digest());
        registry.images().remove(VMS, new Reference.ByDigest(first));
        collect();

        assertThat(parsed(new Reference.ByDigest(faces.get(1).digest())).layers())
                .hasSize(1);
        assertIsContainerDisk(faces.get(2), disk(1 << 20));
        assertThat(registry.disk("vms/debian:13")).isEqualTo(disk(1 << 20));
    }

    @Test
    void collections_without_grace_leave_the_faces_whole() throws IOException {
        registry.publish("vms/debian:12", disk(1 << 20));
        collect();
        List<Descriptor> faces = parsed(TWELVE).manifests();

        assertIsKubeVirtArtifact(faces.get(1), disk(1 << 20));
        assertIsContainerDisk(faces.get(2), disk(1 << 20));
    }

    @Test
    void a_face_is_not_removed_from_under_its_image() throws IOException {
        registry.publish("vms/debian:12", disk(1 << 20));
        Digest face = parsed(TWELVE).manifests().getFirst().digest();

        assertThatThrownBy(() -> registry.images().remove(VMS, new Reference.ByDigest(face)))
                .hasMessageContaining("(tag 12): delete that instead");
        assertThat(registry.disk("vms/debian:12")).isEqualTo(disk(1 << 20));
    }

    @Test
    void an_index_that_lists_a_disk_which_is_lost_is_no_image() throws IOException {
        registry.publish("vms/debian:12", disk(1 << 20));
        Digest face = parsed(TWELVE).manifests().getFirst().digest();
        registry.store().delete(new ObjectKey("repositories/vms/debian/_manifests/sha256/" + face.hex()));

        assertThat(registry.find("vms/debian:12")).isEmpty();
        assertThat(registry.images().list()).isEmpty();
        assertThatThrownBy(() -> registry.images().remove(VMS, TWELVE)).isInstanceOf(RegistryException.class);
    }

    private Manifest parsed(Reference reference) throws IOException {
        StoredManifest stored = registry.content().manifests().get(VMS, reference);
        return stored.parsed();
    }

    private byte[] bytes(Descriptor blob) throws IOException {
        assertThat(registry.content().blobs().find(VMS, blob.digest())).contains(new Blob(blob.digest(), blob.size()));
        try (InputStream in = registry.content().blobs().open(blob.digest(), ByteRange.all(blob.size()))) {
            byte[] bytes = in.readAllBytes();
            assertThat(Digest.sha256(bytes)).isEqualTo(blob.digest());
            return bytes;
        }
    }

    private byte[] decompressed(Descriptor blob) throws IOException {
        try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(bytes(blob)))) {
            return in.readAllBytes();
        }
    }

    private long stored() throws IOException {
        long bytes = 0;
        for (String place : List.of("blobs/", "composites/")) {
            bytes += registry.store().list(place, Optional.empty(), 1000).stream()
                    .mapToLong(object -> object.size())
                    .sum();
        }
        return bytes;
    }

    private void collect() throws IOException {
        for (int i = 0; i < 3; i++) {
            registry.content().garbage().collect(Duration.ZERO, false);
        }
    }
}
