package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.RawDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskAssemblyTest {
    @TempDir
    private Path directory = Path.of("");

    private final MemoryBlobs blobs = new MemoryBlobs();
    private final List<Long> progress = Collections.synchronizedList(new ArrayList<>());

    /** Puts the disk together where {@code before} is, the way a block device is dealt with; tells what was kept. */
    private long assemble(DiskIndex index, Path target, byte[] before, byte[] base) throws IOException {
        Files.write(target, before);
        Path older = Files.write(directory.resolve("base"), base);
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.READ, StandardOpenOption.WRITE);
                RawDisk disk = RawDisk.open(older)) {
            DiskAssembly assembly = new DiskAssembly(index, channel, progress::add);
            long kept = assembly.keep();
            assembly.clearGaps();
            long copied = assembly.copyFrom(disk);
            assembly.fetch(blobs, 3);
            assertThat(kept + copied).isLessThanOrEqualTo(index.usedSize());
            return kept;
        }
    }

    @RepeatedTest(20)
    void a_disk_comes_out_right_whatever_was_there_and_whatever_the_base_is() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] disk = Disks.random(random, 1 + random.nextInt(3 << 20));
        byte[] before = random.nextBoolean() ? disk.clone() : Disks.random(random, disk.length);
        for (int i = 0; i < 5; i++) {
            before[random.nextInt(before.length)]++;
        }
        byte[] base = random.nextBoolean() ? new byte[0] : Arrays.copyOf(disk, 1 + random.nextInt(4 << 20));
        Path target = directory.resolve("disk");
        DiskIndex index = Disks.index(Disks.write(disk, blobs), blobs);
        assemble(index, target, before, base);
        assertThat(Arrays.mismatch(Files.readAllBytes(target), disk))
                .as("seed " + seed)
                .isNegative();
        assertThat(progress).isSorted();
        if (index.usedSize() > 0) {
            assertThat(progress.getLast()).isEqualTo(index.usedSize());
        }
    }

    @Test
    void what_is_in_place_or_in_the_base_is_not_read_from_packs() throws IOException {
        byte[] disk = Disks.bytes(1, 2 << 20);
        DiskIndex index = Disks.index(Disks.write(disk, blobs), blobs);
        byte[] before = disk.clone();
        Arrays.fill(before, 1 << 20, 2 << 20, (byte) 1);
        blobs.takeOpened();
        long kept = assemble(index, directory.resolve("disk"), before, Arrays.copyOfRange(disk, 1 << 19, 2 << 20));
        assertThat(kept).isGreaterThan(700 << 10);
        assertThat(blobs.takeOpened()).isEmpty();
    }

    @Test
    void neighbouring_chunks_are_one_read_and_a_gap_costs_little() throws IOException {
        byte[] disk = Disks.bytes(2, 900 << 10); // of one pack
        DiskIndex index = Disks.index(Disks.write(disk, blobs), blobs);
        blobs.takeOpened();
        assemble(index, directory.resolve("disk"), new byte[disk.length], new byte[0]);
        assertThat(blobs.takeOpened()).hasSize(1);

        byte[] holed = disk.clone(); // the two ends are missing, and what is between is not worth reading
        Arrays.fill(holed, 0, 4096, (byte) 0);
        Arrays.fill(holed, disk.length - 4096, disk.length, (byte) 0);
        assemble(index, directory.resolve("disk"), holed, new byte[0]);
        assertThat(blobs.takeOpened()).hasSize(2);
    }
}
