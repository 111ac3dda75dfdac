package io.dvcr.virt.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dvcr.storage.RegistryException;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Device.Format;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Volumes.Volume;
import io.dvcr.virt.runtime.Volumes.Volume.Absent;
import io.dvcr.virt.runtime.Volumes.Volume.Failed;
import io.dvcr.virt.runtime.Volumes.Volume.Filling;
import io.dvcr.virt.runtime.Volumes.Volume.Ready;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FileVolumesTest {
    private static final String UID = "0b2f3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d";
    private static final ImageDescription IMAGE = GatedImages.image("vms/debian:12");
    private static final int ALL = 1000;

    private final GatedImages images = new GatedImages();
    private final AtomicInteger told = new AtomicInteger();

    @TempDir
    Path data;

    private FileVolumes volumes;

    @BeforeEach
    void open() throws IOException {
        volumes =
                FileVolumes.open(data, images, new Overlays(Path.of("/nonexistent/qemu-img")), VolumeSettings.DEFAULTS);
    }

    @AfterEach
    void close() throws IOException {
        volumes.close();
    }

    @Test
    void a_blank_volume_is_sparse_and_all_zeros() throws Exception {
        volumes.createBlank(UID, Optional.empty(), 1L << 30);
        volumes.createBlank(UID, Optional.of("file"), 1L << 30);

        Ready ready = ready(UID);
        assertThat(ready.bytes()).isEqualTo(1L << 30);
        assertThat(ready.device()).isEqualTo(new Device(UID, disk(), Format.RAW, false, false));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(disk())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_volume_of_an_image_appears_whole_and_as_large_as_it_is_asked_for() throws Exception {
        create(UID, IMAGE, 100_000, false);
        images.open(1);
        await(() -> volumes.find(UID).equals(new Filling(50, GatedImages.BYTES / 2)));
        assertThat(disk()).doesNotExist();
        create(UID, IMAGE, 100_000, false);
        images.open(1);
        awaitReady(UID);

        assertThat(ready(UID)).isEqualTo(new Ready(new Device(UID, disk(), Format.RAW, false, false), 100_000));
        byte[] content = Files.readAllBytes(disk());
        assertThat(Arrays.copyOf(content, GatedImages.BYTES)).isEqualTo(GatedImages.content("vms/debian:12"));
        assertThat(Arrays.copyOfRange(content, GatedImages.BYTES, content.length))
                .containsOnly(0);
        assertThat(images.downloads).hasValue(1);
        assertThat(told).hasValueGreaterThanOrEqualTo(2);
    }

    @Test
    void an_image_is_copied_once_for_all_who_read_it() throws Exception {
        String digest = IMAGE.digest().toString();
        create(digest, IMAGE, GatedImages.BYTES, true);
        create(digest, IMAGE, GatedImages.BYTES, true);
        images.open(ALL);
        awaitReady(digest);
        create(digest, IMAGE, GatedImages.BYTES, true);

        assertThat(images.downloads).hasValue(1);
        Device device = ready(digest).device();
        assertThat(device.readOnly()).isTrue();
        assertThat(device.cdrom()).isFalse();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(device.path())))
                .isEqualTo("r--------");
        assertThatIOException().isThrownBy(() -> volumes.grow(digest, 1 << 20));
    }

    @Test
    void a_cdrom_is_known_as_one_after_a_restart_too() throws Exception {
        ImageDescription iso = GatedImages.image("isos/debian:12");
        images.open(ALL);
        create(iso.digest().toString(), iso, GatedImages.BYTES, true);
        awaitReady(iso.digest().toString());
        volumes.close();
        open();

        assertThat(ready(iso.digest().toString()).device().cdrom()).isTrue();
    }

    @Test
    void what_fails_says_why_and_is_tried_again_when_it_is_asked_for_again() throws Exception {
        images.open(ALL);
        ImageDescription broken = GatedImages.image("vms/broken:1");
        create(UID, broken, GatedImages.BYTES, false);
        await(() -> volumes.find(UID) instanceof Failed);
        assertThat(((Failed) volumes.find(UID)).cause()).hasMessage("the connection is lost");

        create(UID, IMAGE, GatedImages.BYTES, false);
        awaitReady(UID);
        assertThat(images.downloads).hasValue(2);
    }

    @Test
    void what_a_killed_controller_left_half_made_is_no_volume_and_is_begun_again() throws Exception {
        create(UID, IMAGE, GatedImages.BYTES, false);
        images.open(1);
        await(() -> volumes.find(UID).equals(new Filling(50, GatedImages.BYTES / 2)));
        volumes.close();
        assertThat(disk().resolveSibling("disk.partial")).exists();
        open();

        assertThat(volumes.find(UID)).isEqualTo(new Absent());
        images.open(ALL);
        create(UID, IMAGE, GatedImages.BYTES, false);
        awaitReady(UID);
        assertThat(disk()).hasBinaryContent(GatedImages.content("vms/debian:12"));
        assertThat(disk().resolveSibling("disk.partial")).doesNotExist();
    }

    @Test
    void only_so_many_images_are_fetched_at_once() throws Exception {
        for (int i = 0; i < 10; i++) {
            create("disk-" + i, GatedImages.image("vms/image:" + i), GatedImages.BYTES, false);
        }
        int most = VolumeSettings.DEFAULTS.concurrentDownloads();
        await(() -> images.underWay.get() == most);
        for (int i = 0; i < 20; i++) {
            assertThat(images.underWay.get()).isLessThanOrEqualTo(most);
            images.open(1);
        }
        for (int i = 0; i < 10; i++) {
            awaitReady("disk-" + i);
        }
    }

    @Test
    void a_volume_that_is_removed_is_gone_with_all_that_was_made_of_it() throws Exception {
        volumes.delete(UID);
        create(UID, IMAGE, GatedImages.BYTES, false);
        images.open(1);
        await(() -> volumes.find(UID).equals(new Filling(50, GatedImages.BYTES / 2)));

        volumes.delete(UID);
        volumes.delete(UID);

        assertThat(volumes.find(UID)).isEqualTo(new Absent());
        assertThat(images.underWay).hasValue(0);
        assertThat(disk().resolveSibling("")).doesNotExist();
        assertThat(data.resolve("volumes")).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void what_was_being_removed_when_the_controller_was_killed_is_removed_at_the_next_start() throws Exception {
        volumes.createBlank(UID, Optional.empty(), 4096);
        Files.move(disk().resolveSibling(""), data.resolve("volumes/." + UID + ".deleting"));

        open();

        assertThat(volumes.find(UID)).isEqualTo(new Absent());
        assertThat(data.resolve("volumes/." + UID + ".deleting")).doesNotExist();
    }

    @Test
    void a_volume_grows_and_never_shrinks() throws Exception {
        assertThatIOException().isThrownBy(() -> volumes.grow(UID, 4096));
        volumes.createBlank(UID, Optional.empty(), 4096);
        volumes.grow(UID, 8192);
        volumes.grow(UID, 4096);

        assertThat(ready(UID).bytes()).isEqualTo(8192);
    }

    @Test
    void bad_requests_are_refused() {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> volumes.createBlank(UID, Optional.of("gold"), 4096))
                .withMessageContaining("there is no storage class \"gold\"; there are file, overlay");
        assertThatIllegalArgumentException().isThrownBy(() -> create(UID, IMAGE, 1, false));
        assertThatIllegalArgumentException().isThrownBy(() -> volumes.find("../etc"));
        assertThat(volumes.defaultStorageClass()).isEqualTo("file");
    }

    private void create(String uid, ImageDescription image, long bytes, boolean readOnly) throws IOException {
        volumes.createFromImage(uid, Optional.empty(), image, bytes, readOnly, told::incrementAndGet);
    }

    private Path disk() {
        return data.resolve("volumes").resolve(UID).resolve("disk");
    }

    private Ready ready(String uid) throws IOException {
        Volume volume = volumes.find(uid);
        assertThat(volume).isInstanceOf(Ready.class);
        return (Ready) volume;
    }

    private void awaitReady(String uid) throws Exception {
        await(() -> volumes.find(uid) instanceof Ready);
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws Exception {
        while (!condition.holds()) {
            Thread.sleep(5);
        }
    }
}
