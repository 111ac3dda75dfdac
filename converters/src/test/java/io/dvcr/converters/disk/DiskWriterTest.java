package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskWriterTest {
    private final MemoryBlobs blobs = new MemoryBlobs();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 262_144, 262_145, 5_000_001})
    void a_disk_comes_back_whatever_its_size(int size) throws IOException {
        byte[] disk = Disks.bytes(size, size);

        WrittenDisk written = Disks.write(disk, blobs);

        assertThat(Disks.content(Disks.open(written, blobs))).isEqualTo(disk);
        assertThat(written.virtualSize()).isEqualTo(size);
        assertThat(written.usedSize()).isEqualTo(size);
    }

    @Test
    void a_disk_of_zeros_has_no_packs() throws IOException {
        WrittenDisk written = Disks.write(new byte[1_000_001], blobs);

        assertThat(written.packs()).isEmpty();
        assertThat(written.usedSize()).isZero();
        assertThat(written.storedSize()).isEqualTo(written.index().size()).isEqualTo(IndexHeader.LENGTH);
        assertThat(Disks.content(Disks.open(written, blobs))).isEqualTo(new byte[1_000_001]);
    }

    @RepeatedTest(20)
    void the_same_disk_gives_the_same_index_however_it_is_split() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] disk = Disks.random(random, random.nextInt(4 << 20));
        WrittenDisk whole = Disks.write(disk, blobs);

        WrittenDisk split;
        try (DiskWriter writer = new DiskWriter(blobs, Disks.OPTIONS)) {
            writeSplit(disk, random, writer);
            split = writer.finish();
        }

        assertThat(split).as("seed %d", seed).isEqualTo(whole);
        assertThat(Disks.content(Disks.open(split, blobs))).as("seed %d", seed).isEqualTo(disk);
    }

    @Test
    void a_chunk_that_occurs_again_is_stored_once() throws IOException {
        byte[] once = Disks.bytes(1, 64 * 4096);
        byte[] disk = new byte[65 * 4096 * 20];
        for (int i = 0; i < 20; i++) {
            System.arraycopy(once, 0, disk, i * 65 * 4096, once.length);
        }

        WrittenDisk written = Disks.write(disk, blobs);

        assertThat(written.usedSize()).isEqualTo(20L * once.length);
        assertThat(written.newlyStored()).isLessThan(once.length + 4000);
        assertThat(Disks.content(Disks.open(written, blobs))).isEqualTo(disk);
    }

    @Test
    void packs_stay_within_their_limit_and_come_in_the_order_of_the_index() throws IOException {
        byte[] disk = Disks.bytes(2, 5 << 20);

        WrittenDisk written = Disks.write(disk, blobs);

        DiskIndex index = Disks.index(written, blobs);
        assertThat(written.packs()).hasSizeGreaterThan(4).allMatch(pack -> pack.size() <= 1 << 20);
        written.manifest(DiskManifest.config(new byte[0])).requireMatch(index);
        assertThat(blobs.stored())
                .startsWith(written.packs().toArray(BlobDescriptor[]::new))
                .endsWith(written.index());
        assertThat(written.newlyStored()).isEqualTo(written.storedSize());
        assertThat(written.storedSize())
                .isEqualTo(
                        blobs.stored().stream().mapToLong(BlobDescriptor::size).sum());
    }

    @Test
    void a_disk_of_16_TiB_with_little_on_it_is_a_small_index() throws IOException {
        WrittenDisk written;
        try (DiskWriter writer = new DiskWriter(blobs, Disks.OPTIONS)) {
            writer.data(ByteBuffer.wrap(Disks.bytes(4, 4096)));
            writer.zeros((1L << 43) - 4096);
            writer.data(ByteBuffer.wrap(Disks.bytes(5, 10_000)));
            writer.zeros((1L << 43) - 10_000 - 1);
            writer.data(ByteBuffer.wrap(new byte[] {7}));
            written = writer.finish();
        }

        ChunkedDisk disk = Disks.open(written, blobs);
        assertThat(disk.size()).isEqualTo(1L << 44);
        assertThat(written.index().size()).isLessThan(300);
        ByteBuffer end = ByteBuffer.allocate(4097);
        disk.read(disk.size() - 4097, end);
        assertThat(end.get(4096)).isEqualTo((byte) 7);
        assertThat(Arrays.mismatch(end.array(), new byte[4097])).isEqualTo(4096);
        assertThat(disk.runAt(4096).length()).isEqualTo((1L << 43) - 4096);
    }

    @Test
    void a_disk_beyond_16_TiB_is_refused() throws IOException {
        try (DiskWriter writer = new DiskWriter(blobs, Disks.OPTIONS)) {
            writer.zeros(1L << 44);
            assertThatThrownBy(() -> writer.data(ByteBuffer.wrap(new byte[1])))
                    .isInstanceOfSatisfying(
                            DiskFormatException.class,
                            e -> assertThat(e.reason()).isEqualTo(DiskFormatException.Reason.DISK_SIZE));
            assertThatThrownBy(writer::finish).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_sink_that_fails_fails_the_writer_and_leaves_no_threads() throws Exception {
        BlobSink full = (_, _, _) -> {
            throw new IOException("no space left");
        };
        byte[] disk = Disks.bytes(6, 1 << 20);

        DiskWriter writer = new DiskWriter(full, Disks.OPTIONS);
        try (writer) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            disk[i] ^= 1;
                            writer.data(ByteBuffer.wrap(disk));
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessage("no space left");
            assertThatThrownBy(() -> writer.data(ByteBuffer.wrap(disk))).isInstanceOf(IOException.class);
            assertThatThrownBy(writer::finish).isInstanceOf(IOException.class);
        }
        assertThreadsEnd();
        assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_failure_at_the_very_end_is_not_lost() throws Exception {
        BlobSink noIndex = (_, mediaType, _) -> {
            if (mediaType.equals(DiskManifest.INDEX_TYPE)) {
                throw new IOException("gone");
            }
        };
        assertThatThrownBy(() -> Disks.write(Disks.bytes(7, 10_000), noIndex))
                .isInstanceOf(IOException.class)
                .hasMessage("gone");
        BlobSink noPack = (_, mediaType, _) -> {
            if (mediaType.equals(DiskManifest.PACK_TYPE)) {
                throw new IllegalStateException("broken");
            }
        };
        assertThatThrownBy(() -> Disks.write(Disks.bytes(7, 10_000), noPack))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken");
        assertThreadsEnd();
    }

    @Test
    void a_writer_that_is_abandoned_stops_its_threads_even_while_the_sink_waits() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        BlobSink stuck = (_, _, _) -> {
            waiting.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        };
        try (DiskWriter writer = new DiskWriter(stuck, Disks.OPTIONS)) {
            for (int seed = 0; !waiting.await(5, TimeUnit.MILLISECONDS); seed++) {
                writer.data(ByteBuffer.wrap(Disks.bytes(seed, 16_384))); // until there is a pack, but not another
            }
        }
        assertThreadsEnd();
    }

    private static void writeSplit(byte[] disk, Random random, DiskWriter writer) throws IOException {
        for (int at = 0; at < disk.length; ) {
            int length = Math.min(disk.length - at, 1 + random.nextInt(1 << random.nextInt(18)));
            boolean zero = Arrays.mismatch(disk, at, at + length, new byte[length], 0, length) < 0;
            if (zero && random.nextBoolean()) {
                writer.zeros(length);
            } else if (random.nextBoolean()) {
                writer.data(ByteBuffer.wrap(disk, at, length));
            } else {
                writer.data(
                        ByteBuffer.allocateDirect(length).put(disk, at, length).flip());
            }
            at += length;
        }
    }

    private static void assertThreadsEnd() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("disk-")) {
                assertThat(thread.join(Duration.ofSeconds(5)))
                        .as(thread.getName())
                        .isTrue();
            }
        }
    }
}
