package io.dvcr.importers.pushed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.pushed.PushedDisk.Kind;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PushedDiskTest {
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";
    private static final String CONTAINER = "application/vnd.oci.image.config.v1+json";
    private static final String TAR = "application/vnd.oci.image.layer.v1.tar";

    private static Descriptor blob(String mediaType) {
        return new Descriptor(mediaType, Digest.sha256(mediaType.getBytes(UTF_8)), 10);
    }

    private static Descriptor titled(String mediaType, String title) {
        return new Descriptor(
                mediaType,
                Digest.sha256(title.getBytes(UTF_8)),
                10,
                Optional.empty(),
                Map.of("org.opencontainers.image.title", title),
                false);
    }

    private static Manifest manifest(String config, Optional<Descriptor> subject, Descriptor... layers) {
        return new Manifest(
                Manifest.OCI_MANIFEST,
                Optional.empty(),
                Optional.of(blob(config)),
                Arrays.asList(layers),
                List.of(),
                subject,
                Map.of());
    }

    private static List<PushedDisk> in(String config, Descriptor... layers) {
        return PushedDisk.in(manifest(config, Optional.empty(), layers));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian.qcow2",
                "Debian.IMG",
                "disk.raw.xz",
                "a.iso",
                "b.vmdk.gz",
                "c.vhdx",
                "d.img.zst",
                "e.raw.bz2",
                "f.ova"
            })
    void a_file_that_is_called_a_disk_is_one(String title) {
        Descriptor layer = titled(TAR, title);
        assertThat(in(EMPTY, layer)).containsExactly(new PushedDisk(layer, Kind.FILE, true));
        assertThat(in(CONTAINER, layer)).containsExactly(new PushedDisk(layer, Kind.FILE, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-qemu-disk.qcow2",
                "application/vnd.kubevirt.disk.raw+zstd",
                "application/x-iso9660-image",
                "application/x-raw-disk-image"
            })
    void a_media_type_says_it_as_well(String mediaType) {
        assertThat(in(EMPTY, blob(mediaType))).extracting(PushedDisk::sure).containsExactly(true);
    }

    @Test
    void of_a_file_that_could_be_anything_the_bytes_decide() {
        Descriptor layer = titled("application/octet-stream", "thing");
        assertThat(in(EMPTY, layer)).containsExactly(new PushedDisk(layer, Kind.FILE, false));
    }

    @Test
    void a_disk_may_come_with_other_files_but_not_with_other_disks() {
        Descriptor disk = titled("application/octet-stream", "disk.qcow2");
        assertThat(in(EMPTY, titled("text/plain", "README"), disk))
                .extracting(PushedDisk::layer)
                .containsExactly(disk);
        assertThat(in(EMPTY, disk, titled("text/plain", "data.raw"))).isEmpty();
    }

    @Test
    void a_container_image_of_few_layers_is_looked_at_from_the_top() {
        Descriptor base = blob(TAR + "+gzip");
        Descriptor top = blob("application/vnd.docker.image.rootfs.diff.tar.gzip");
        assertThat(in("application/vnd.docker.container.image.v1+json", base, top))
                .containsExactly(
                        new PushedDisk(top, Kind.CONTAINER_DISK, false),
                        new PushedDisk(base, Kind.CONTAINER_DISK, false));
    }

    @Test
    void other_manifests_hold_no_disk() {
        Descriptor[] many = Collections.nCopies(5, blob(TAR)).toArray(Descriptor[]::new);
        assertThat(in(CONTAINER, many)).isEmpty();
        assertThat(in(CONTAINER, blob("application/vnd.example"))).isEmpty();
        assertThat(in(EMPTY)).isEmpty();
        assertThat(in(EMPTY, blob("text/plain"), blob("text/html"))).isEmpty();
        assertThat(PushedDisk.in(manifest(EMPTY, Optional.of(blob("subject")), titled(TAR, "a.qcow2"))))
                .as("what refers to something else is about that")
                .isEmpty();
        Descriptor foreign = new Descriptor(TAR, Digest.sha256(new byte[0]), 10, Optional.empty(), Map.of(), true);
        assertThat(in(CONTAINER, foreign)).isEmpty();
    }
}
