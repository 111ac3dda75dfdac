package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.dvcr.converters.RandomAccessDisk.Run;
import io.dvcr.storage.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ChunkedDiskTest {
    private final MemoryBlobs blobs = new MemoryBlobs();

    @RepeatedTest(10)
    void any_part_reads_and_copies_as_it_was_written() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] content = Disks.random(random, 1 + random.nextInt(12 << 20));
        ChunkedDisk disk = Disks.open(Disks.write(content, blobs), blobs);

        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(content.length + 1);
            int length = random.nextInt(1 + Math.min(content.length - from, 1 << random.nextInt(24)));
            byte[] expected = Arrays.copyOfRange(content, from, from + length);
            ByteBuffer read = ByteBuffer.allocate(length);
            disk.read(from, read);
            assertThat(read.array()).as("seed %d: %d+%d", seed, from, length).isEqualTo(expected);
            ByteArrayOutputStream copied = new ByteArrayOutputStream();
            disk.copyTo(copied, from, length);
            assertThat(copied.toByteArray())
                    .as("seed %d: %d+%d", seed, from, length)
                    .isEqualTo(expected);
        }
    }

    @Test
    void runs_tell_data_from_zeros() throws IOException {
        byte[] content = new byte[1_000_001];
        System.arraycopy(Disks.bytes(1, 500_000), 0, content, 8192, 500_000);
        content[1_000_000] = 1;
        ChunkedDisk disk = Disks.open(Disks.write(content, blobs), blobs);

        assertThat(disk.runAt(0)).isEqualTo(new Run(0, 8192, false));
        assertThat(disk.runAt(8191)).isEqualTo(new Run(8191, 1, false));
        assertThat(disk.runAt(8192)).isEqualTo(new Run(8192, 503_808, true));
        assertThat(disk.runAt(512_000)).isEqualTo(new Run(512_000, 999_424 - 512_000, false));
        assertThat(disk.runAt(1_000_000)).isEqualTo(new Run(1_000_000, 1, true));
        assertThatThrownBy(() -> disk.runAt(1_000_001)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> disk.runAt(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void what_is_beyond_the_disk_cannot_be_read() throws IOException {
        ChunkedDisk disk = Disks.open(Disks.write(new byte[100], blobs), blobs);

        assertThatThrownBy(() -> disk.read(1, ByteBuffer.allocate(100))).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> disk.copyTo(new ByteArrayOutputStream(), 99, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void an_export_reads_a_pack_in_few_large_ranges() throws IOException {
        byte[] content = Disks.bytes(2, 900_000);
        ChunkedDisk disk = Disks.open(Disks.write(content, blobs), blobs);

        Disks.content(disk);

        Digest pack = blobs.stored().getFirst().digest();
        assertThat(blobs.takeOpened()).containsExactly(pack + " 0+" + blobs.bytes(pack).length);
    }

    @Test
    void a_chunk_that_repeats_all_over_the_disk_is_fetched_once() throws IOException {
        byte[] content = new byte[30 << 20];
        byte[] once = Disks.bytes(3, 64 * 4096);
        for (int i = 0; i < content.length / once.length; i++) {
            System.arraycopy(once, 0, content, i * once.length, once.length);
        }
        byte[] cutOff = Arrays.copyOf(content, (content.length / once.length) * once.length);
        ChunkedDisk disk = Disks.open(Disks.write(cutOff, blobs), blobs);

        assertThat(Disks.content(disk)).isEqualTo(cutOff);
        assertThat(blobs.takeOpened()).hasSize(1);
    }

    @Test
    void a_chunk_that_is_read_again_comes_from_the_cache() throws IOException {
        ChunkedDisk disk = Disks.open(Disks.write(Disks.bytes(4, 10_000), blobs), blobs);

        disk.read(0, ByteBuffer.allocate(10));
        disk.read(5000, ByteBuffer.allocate(10));

        assertThat(blobs.takeOpened()).hasSize(1);
    }

    @Test
    void readers_of_the_same_chunk_share_one_fetch() throws Exception {
        byte[] content = Disks.bytes(5, 10_000);
        WrittenDisk written = Disks.write(content, blobs);
        CountDownLatch opened = new CountDownLatch(1);
        PackSource slow = (pack, offset, length) -> {
            opened.countDown();
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return blobs.open(pack, offset, length);
        };
        ChunkedDisk disk = new ChunkedDisk(Disks.index(written, blobs), slow, new ChunkCache(1 << 20), 1);
        Callable<byte[]> read = () -> {
            ByteBuffer target = ByteBuffer.allocate(content.length);
            disk.read(0, target);
            return target.array();
        };

        try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
            Future<byte[]> first = readers.submit(read);
            opened.await();
            assertThat(readers.submit(read).get()).isEqualTo(content);
            assertThat(first.get()).isEqualTo(content);
        }
        assertThat(blobs.takeOpened()).hasSize(1);
    }

    @Test
    void a_read_that_failed_is_tried_again() throws IOException {
        byte[] content = Disks.bytes(6, 10_000);
        WrittenDisk written = Disks.write(content, blobs);
        AtomicInteger attempts = new AtomicInteger();
        PackSource flaky = (pack, offset, length) -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IOException("connection reset");
            }
            return blobs.open(pack, offset, length);
        };
        ChunkedDisk disk = new ChunkedDisk(Disks.index(written, blobs), flaky, new ChunkCache(1 << 20), 1);

        ByteBuffer target = ByteBuffer.allocate(content.length);
        assertThatThrownBy(() -> disk.read(0, target)).hasMessage("connection reset");
        disk.read(0, target.clear());
        assertThat(target.array()).isEqualTo(content);
    }

    @Test
    void a_flipped_bit_is_noticed_unless_the_content_is_the_same_without_it() throws IOException {
        byte[] content = xs(10_000);
        WrittenDisk written = Disks.write(content, blobs);
        Digest pack = written.packs().getFirst().digest();
        byte[] good = blobs.bytes(pack);

        for (int i = 0; i < good.length * 8; i++) {
            byte[] flipped = good.clone();
            flipped[i / 8] ^= (byte) (1 << (i % 8));
            blobs.corrupt(pack, flipped);
            try {
                assertThat(Disks.content(Disks.open(written, blobs))).isEqualTo(content);
            } catch (CorruptChunkException e) {
                assertThat(e.pack()).isEqualTo(pack);
            }
        }
    }

    @Test
    void a_damaged_pack_is_named_whatever_the_damage() throws IOException {
        WrittenDisk written = Disks.write(xs(10_000), blobs);
        Digest pack = written.packs().getFirst().digest();
        byte[] good = blobs.bytes(pack);
        byte[] otherContent = xs(10_000);
        otherContent[5000] = 'y';

        for (byte[] other : List.of(
                new byte[0],
                Arrays.copyOf(good, good.length - 1),
                new byte[good.length],
                Arrays.copyOf(Zstd.compress(new byte[0]), good.length),
                Zstd.compress(otherContent))) {
            blobs.corrupt(pack, other);
            assertDamageIsSeen(written, pack, Disks.index(written, blobs).chunkDigest(0));
        }
    }

    @Test
    void a_frame_that_would_grow_beyond_its_chunk_is_not_decompressed() throws IOException {
        WrittenDisk written = Disks.write(xs(200_000), blobs);
        Digest pack = written.packs().getFirst().digest();
        blobs.corrupt(pack, Zstd.compress(new byte[100 << 20]));

        assertDamageIsSeen(written, pack, Disks.index(written, blobs).chunkDigest(0));
    }

    private static byte[] xs(int length) {
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) 'x');
        return content;
    }

    private void assertDamageIsSeen(WrittenDisk written, Digest pack, Digest chunk) throws IOException {
        ChunkedDisk disk = Disks.open(written, blobs);
        for (var reading : List.<ThrowingRead>of(
                () -> disk.read(0, ByteBuffer.allocate(10)),
                () -> disk.copyTo(new ByteArrayOutputStream(), 0, disk.size()))) {
            assertThatThrownBy(reading::run)
                    .isInstanceOfSatisfying(CorruptChunkException.class, e -> {
                        assertThat(e.pack()).isEqualTo(pack);
                        assertThat(e.chunk()).isEqualTo(chunk);
                    })
                    .hasMessageContainingAll(pack.toString(), chunk.toString());
        }
    }

    private interface ThrowingRead {
        void run() throws IOException;
    }
}
