package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.dvcr.converters.DiskSink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;

/** Valid disks whose index and packs were tampered with, a field, a row or a few bits at a time. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HostileDiskTest {
    private static final int ROUNDS = 200;
    private static final int MAX_READ = 4 << 20;
    private static final int[] FIELDS = {
        0, 1, 2, 99, 4095, 4096, 4097, 1 << 18, (1 << 18) + 1, 1 << 25, (1 << 25) + 1, Integer.MAX_VALUE, -1, -4096
    };
    /** A frame that says, truly, that it has 64 MiB. */
    private static final byte[] BOMB = Zstd.compress(new byte[64 << 20]);

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final MemoryBlobs blobs = new MemoryBlobs();

    @RepeatedTest(8)
    void tampering_is_refused_by_name_or_makes_another_disk() throws IOException {
        System.out.println("seed " + seed);
        byte[] content = Disks.random(random, 1 + random.nextInt(1 << 20));
        WrittenDisk written = Disks.write(content, blobs);
        byte[] index = blobs.bytes(written.index().digest());
        for (int round = 0; round < ROUNDS; round++) {
            byte[] tampered = random.nextInt(4) == 0 ? index : tamper(index);
            try {
                useAll(DiskIndex.parse(ByteBuffer.wrap(tampered)), content);
            } catch (DiskFormatException e) {
                assertThat(e.reason()).as("seed %d", seed).isNotNull();
            } catch (CorruptChunkException e) {
                assertThat(e.pack()).as("seed %d", seed).isNotNull();
            } catch (RuntimeException | IOException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    /** Reads here and there, and writes a disk that reuses what it finds. */
    private void useAll(DiskIndex index, byte[] content) throws IOException {
        PackSource packs = tamperedPacks();
        writeOver(index, packs, content);
        ChunkedDisk disk = new ChunkedDisk(index, packs, new ChunkCache(0), 2);
        for (int i = 0; i < 3 && disk.size() > 0; i++) {
            long at = random.nextInt(3) == 0 ? (long) (random.nextDouble() * disk.size()) : near(index);
            int length = (int) Math.min(disk.size() - at, 1 + random.nextInt(MAX_READ));
            assertThat(disk.runAt(at).length()).isPositive();
            disk.copyTo(new Counting(length), at, length);
            disk.read(at, ByteBuffer.allocate(Math.min(length, 100_000)));
        }
    }

    private long near(DiskIndex index) {
        int extents = index.extentCount();
        return extents == 0 ? 0 : index.extentOffset(random.nextInt(extents));
    }

    /** Whatever an old index says, a new disk is written, unless a pack that is to be left is damaged. */
    private void writeOver(DiskIndex index, PackSource packs, byte[] content) throws IOException {
        KnownDisks known = new KnownDisks(100);
        known.add(index, _ -> random.nextInt(8) > 0);
        try (DiskWriter writer = new DiskWriter(new MemoryBlobs(), known, packs, ChunkObserver.NONE, Disks.OPTIONS)) {
            writer.data(ByteBuffer.wrap(content));
            assertThat(writer.finish().virtualSize()).isEqualTo(content.length);
        } catch (UnusablePackException e) {
            assertThat(e.pack()).isNotNull();
        } catch (DiskFormatException e) {
            throw new AssertionError("an old index made a new one wrong", e);
        }
    }

    /** The packs of the disk, or of another, whole or with bits flipped, cut off, or with a bomb in them. */
    private PackSource tamperedPacks() {
        int kind = random.nextInt(5);
        int place = random.nextInt(1 << 20);
        return (pack, offset, length) -> {
            byte[] bytes = blobs.stored().stream()
                    .filter(blob -> blob.digest().equals(pack))
                    .findFirst()
                    .map(blob -> blobs.bytes(blob.digest()).clone())
                    .orElseGet(() -> Disks.bytes(place, 1 << 16));
            int at = place % bytes.length;
            switch (kind) {
                case 0 -> bytes[at] ^= 1;
                case 1 -> bytes = Arrays.copyOf(bytes, at);
                case 2 -> System.arraycopy(BOMB, 0, bytes, at, Math.min(BOMB.length, bytes.length - at));
                default -> {}
            }
            int from = (int) Math.min(offset, bytes.length);
            return new ByteArrayInputStream(bytes, from, (int) Math.min(length, bytes.length - from));
        };
    }

    private byte[] tamper(byte[] index) {
        byte[] tampered = index.clone();
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            switch (random.nextInt(6)) {
                case 0 -> tampered[random.nextInt(tampered.length)] ^= (byte) (1 << random.nextInt(8));
                case 1, 2 -> ByteBuffer.wrap(tampered).putInt(field(tampered.length), value());
                case 3 -> nudge(ByteBuffer.wrap(tampered), field(tampered.length));
                case 4 -> swapRows(tampered);
                default -> tampered = Arrays.copyOf(tampered, length(tampered.length));
            }
            if (tampered.length < 4) {
                return tampered;
            }
        }
        return tampered;
    }

    private int field(int length) {
        int end = random.nextInt(3) == 0 ? Math.min(length, IndexHeader.LENGTH) : length;
        return Math.max(0, 4 * random.nextInt(Math.max(1, end / 4)));
    }

    private int value() {
        return random.nextBoolean() ? FIELDS[random.nextInt(FIELDS.length)] : random.nextInt(1 << 22);
    }

    private void nudge(ByteBuffer index, int field) {
        index.putInt(field, index.getInt(field) + random.nextInt(9) - 4);
    }

    private void swapRows(byte[] index) {
        int length = new int[] {IndexHeader.PACK_ROW, IndexHeader.CHUNK_ROW, IndexHeader.EXTENT_ROW}[random.nextInt(3)];
        if (index.length > IndexHeader.LENGTH + 2 * length) {
            int room = index.length - IndexHeader.LENGTH - 2 * length;
            int at = IndexHeader.LENGTH + 4 * random.nextInt(1 + room / 4);
            byte[] row = Arrays.copyOfRange(index, at, at + length);
            System.arraycopy(index, at + length, index, at, length);
            System.arraycopy(row, 0, index, at + length, length);
        }
    }

    private int length(int length) {
        return random.nextBoolean() ? random.nextInt(length + 1) : length + 8 * random.nextInt(20);
    }

    /** Takes no more than it was promised. */
    private static final class Counting implements DiskSink {
        private long left;

        Counting(long most) {
            this.left = most;
        }

        @Override
        public void data(ByteBuffer bytes) {
            zeros(bytes.remaining());
        }

        @Override
        public void zeros(long length) {
            left -= length;
            assertThat(left).isNotNegative();
        }
    }
}
