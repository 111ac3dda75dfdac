package io.dvcr.virt.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.qemu.Command;
import io.dvcr.converters.qemu.Limits;
import io.dvcr.converters.qemu.Outcome;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.converters.qemu.Subprocess;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Device.Format;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Volumes.Volume;
import io.dvcr.virt.runtime.Volumes.Volume.Absent;
import io.dvcr.virt.runtime.Volumes.Volume.Ready;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Overlays made and read by the real qemu-img. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OverlayVolumesIT {
    private static final ImageDescription IMAGE = GatedImages.image("vms/debian:12");
    private static final long GROWN = 1 << 20;

    private final GatedImages images = new GatedImages().open(1000);

    @TempDir
    Path data;

    private QemuTools tools;
    private FileVolumes volumes;

    @BeforeEach
    void open() throws IOException {
        tools = QemuTools.on("/usr/bin:/usr/local/bin");
        volumes = FileVolumes.open(data, images, new Overlays(tools.qemuImg()), VolumeSettings.DEFAULTS);
    }

    @AfterEach
    void close() throws IOException {
        volumes.close();
    }

    @Test
    void disks_of_one_image_lie_over_one_copy_that_goes_with_the_last_of_them() throws Exception {
        create("one");
        create("two");
        await("one");
        await("two");

        assertThat(images.downloads).hasValue(1);
        assertThat(bases()).hasSize(1);
        assertThat(content("one")).isEqualTo(GatedImages.content("vms/debian:12"));
        volumes.delete("one");
        assertThat(content("two")).isEqualTo(GatedImages.content("vms/debian:12"));
        create("three");
        await("three");
        assertThat(images.downloads).hasValue(1);

        volumes.delete("two");
        volumes.delete("three");
        assertThat(bases()).isEmpty();
        assertThat(volumes.find("two")).isEqualTo(new Absent());
    }

    @Test
    void an_overlay_is_as_large_as_it_is_asked_for_and_grows() throws Exception {
        create("one");
        await("one");
        Device device = new Device("one", data.resolve("volumes/one/disk.qcow2"), Format.QCOW2, false, false);
        assertThat(volumes.find("one")).isEqualTo(new Ready(device, GROWN));

        volumes.grow("one", 2 * GROWN);

        assertThat(volumes.find("one")).isEqualTo(new Ready(device, 2 * GROWN));
        assertThat(content("one")).isEqualTo(GatedImages.content("vms/debian:12"));
    }

    @Test
    void blank_disks_of_the_class_are_files() throws Exception {
        volumes.createBlank("one", Optional.of("overlay"), GROWN);

        assertThat(volumes.find("one")).isInstanceOf(Ready.class);
        assertThat(data.resolve("volumes/one/disk")).exists();
    }

    private void create(String uid) throws IOException {
        volumes.createFromImage(uid, Optional.of("overlay"), IMAGE, GROWN, false, () -> {});
    }

    private void await(String uid) throws Exception {
        Volume volume = volumes.find(uid);
        while (!(volume instanceof Ready)) {
            assertThat(volume).isNotInstanceOf(Volume.Failed.class);
            Thread.sleep(5);
            volume = volumes.find(uid);
        }
    }

    /** The beginning of what a guest would read. */
    private byte[] content(String uid) throws IOException {
        Path raw = Files.createTempFile(data, "read", ".raw");
        Path overlay = data.resolve("volumes").resolve(uid).resolve("disk.qcow2");
        Outcome outcome = Subprocess.run(
                new Command(List.of(
                        tools.qemuImg().toString(),
                        "convert",
                        "-f",
                        "qcow2",
                        "-O",
                        "raw",
                        overlay.toString(),
                        raw.toString())),
                new Limits(Duration.ofSeconds(20), Duration.ofSeconds(20), 4L << 30, 1L << 30, 1000));
        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        return Arrays.copyOf(Files.readAllBytes(raw), GatedImages.BYTES);
    }

    private Path[] bases() throws IOException {
        try (var entries = Files.list(data.resolve("volumes/bases"))) {
            return entries.toArray(Path[]::new);
        }
    }
}
