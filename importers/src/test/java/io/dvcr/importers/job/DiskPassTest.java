package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.format.ImageException;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.importers.scratch.PassingScratch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that pass in one go: there is no directory for scratch. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskPassTest {
    private static final long LIMIT = 1L << 40;
    private static final Path NOWHERE = Path.of("/no/such/place");
    private static final byte[] DISK = disk();

    private final CollectedDisk collected = new CollectedDisk();

    private static byte[] disk() {
        byte[] disk = new byte[8 << 20];
        new Random(8).nextBytes(disk);
        Arrays.fill(disk, 1 << 20, 5 << 20, (byte) 0);
        return disk;
    }

    @Test
    void a_raw_disk_passes() throws IOException {
        assertThat(pass(DISK).file().format()).isEqualTo(ImageFormat.RAW);
        assertThat(collected.bytes()).isEqualTo(DISK);
    }

    @Test
    void a_stream_optimized_vmdk_passes() throws IOException {
        byte[] file = StreamOptimized.of(DISK);
        assertThat(file.length).isLessThan(5 << 20);
        assertThat(pass(file).file().format()).isEqualTo(ImageFormat.VMDK);
        assertThat(collected.bytes()).isEqualTo(DISK);
    }

    @Test
    void a_stream_optimized_vmdk_that_lacks_its_end_is_refused() {
        byte[] file = StreamOptimized.of(DISK);
        for (int missing : new int[] {1, 512, 1024, 1536, 2048, 2_000_000}) {
            assertThatThrownBy(() -> pass(Arrays.copyOf(file, file.length - missing)))
                    .isInstanceOf(ImageException.class);
        }
    }

    @Test
    void a_disk_that_is_read_at_random_passes_if_its_file_lies_on_this_host(@TempDir Path directory)
            throws IOException {
        byte[] file = VdiFile.of(DISK);
        try (FileChannel lying = FileChannel.open(Files.write(directory.resolve("file"), file))) {
            assertThat(pass(file, Optional.of(lying)).file().format()).isEqualTo(ImageFormat.VDI);
            assertThat(collected.bytes()).isEqualTo(DISK);
        }
        assertThatThrownBy(() -> pass(file)).isInstanceOf(IOException.class);
    }

    @Test
    void a_file_that_lies_on_this_host_is_judged_before_anything_of_its_disk_is_written(@TempDir Path directory)
            throws IOException {
        byte[] file = Arrays.copyOf(VdiFile.of(DISK), 3 << 20);
        try (FileChannel lying = FileChannel.open(Files.write(directory.resolve("file"), file))) {
            assertThatThrownBy(() -> pass(file, Optional.of(lying)))
                    .isInstanceOfSatisfying(
                            ImageException.class,
                            refusal -> assertThat(refusal.error().code()).isEqualTo("VDI_TRUNCATED"));
        }
        assertThat(collected.bytes()).isEmpty();
    }

    private PassedDisk pass(byte[] file) throws IOException {
        return pass(file, Optional.empty());
    }

    private PassedDisk pass(byte[] file, Optional<FileChannel> lying) throws IOException {
        ImageInspector inspector = new ImageInspector(LIMIT);
        ProgressMeter meter = new ProgressMeter();
        try (InspectedFile source = new InspectedFile(new ByteArrayInputStream(file), inspector)) {
            return DiskPass.run(
                    source, OptionalLong.empty(), lying, inspector, collected, meter, new PassingScratch(NOWHERE));
        }
    }
}
