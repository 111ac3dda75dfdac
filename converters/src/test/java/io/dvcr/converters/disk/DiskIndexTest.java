package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.disk.DiskFormatException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Offsets here are those of the sample index: one pack at 40, chunks at 76 and 124, extents at 172, 180 and 188. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskIndexTest {
    private static final int PACK_LENGTH = 72;
    private static final int CHUNK_0 = 108;
    private static final int CHUNK_1 = 156;
    private static final int EXTENTS = 172;

    private ByteBuffer index = ByteBuffer.allocate(0);

    @BeforeEach
    void takeTheSample() {
        index = ByteBuffer.wrap(DiskVectors.sampleIndex());
    }

    @Test
    void the_sample_is_read_field_by_field() throws DiskFormatException {
        DiskIndex read = DiskIndex.parse(index);

        assertThat(read.diskSize()).isEqualTo(41_060);
        assertThat(read.usedSize()).isEqualTo(8292);
        assertThat(read.packLength(0)).isEqualTo(100);
        assertThat(read.frameOffset(1)).isEqualTo(51).isEqualTo(read.frameLength(0));
        assertThat(read.chunkLength(1)).isEqualTo(100);
        assertThat(read.extentOffset(2)).isEqualTo(40_960);
        assertThat(read.extentChunk(2)).isEqualTo(1);
        assertThat(read.blob()).isEqualTo(index);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 0", "4097, 0", "8192, 1", "16384, 2", "41059, 2", "41060, 3"})
    void an_extent_is_found_by_offset(long offset, int extent) throws DiskFormatException {
        assertThat(DiskIndex.parse(index).extentAtOrAfter(offset)).isEqualTo(extent);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, MAGIC",
        "8, 2, VERSION",
        "8, 0, VERSION",
        "12, 512, BLOCK_SIZE",
        "16, -1, DISK_SIZE",
        "16, 4097, DISK_SIZE",
        "20, 41059, EXTENT_BEYOND_DISK",
        "20, 45056, SHORT_CHUNK",
        "24, -1, PACK_COUNT",
        "24, 24577, PACK_COUNT",
        "24, 2, TRUNCATED",
        "24, 0, TRAILING_BYTES",
        "28, -1, TRUNCATED",
        "28, 3, TRUNCATED",
        "28, 1, TRAILING_BYTES",
        "32, -1, TRUNCATED",
        "32, 4, TRUNCATED",
        "32, 2, TRAILING_BYTES",
        "36, 1, RESERVED"
    })
    void a_header_that_lies_is_refused(int offset, int value, Reason reason) {
        index.putInt(offset, value);
        assertRefused(reason);
    }

    @ParameterizedTest
    @CsvSource({
        PACK_LENGTH + ", 0, PACK_LENGTH",
        PACK_LENGTH + ", -1, PACK_LENGTH",
        PACK_LENGTH + ", 33554433, PACK_LENGTH",
        PACK_LENGTH + ", 99, FRAME_BEYOND_PACK",
        CHUNK_0 + ", 1, PACK_UNKNOWN",
        CHUNK_1 + ", -1, PACK_UNKNOWN",
        (CHUNK_1 + 4) + ", 52, FRAME_BEYOND_PACK",
        (CHUNK_1 + 4) + ", -1, FRAME_BEYOND_PACK",
        (CHUNK_1 + 8) + ", 0, FRAME_LENGTH",
        (CHUNK_1 + 8) + ", 50, FRAME_BEYOND_PACK",
        (CHUNK_1 + 8) + ", 165, FRAME_LENGTH",
        (CHUNK_1 + 8) + ", -1, FRAME_LENGTH",
        (CHUNK_1 + 12) + ", 0, CHUNK_LENGTH",
        (CHUNK_1 + 12) + ", 262145, CHUNK_LENGTH",
        (CHUNK_1 + 12) + ", -1, CHUNK_LENGTH",
        (CHUNK_1 + 12) + ", 99, SHORT_CHUNK",
        (CHUNK_0 + 12) + ", 4095, SHORT_CHUNK",
        (CHUNK_0 + 12) + ", 12288, EXTENT_OVERLAP"
    })
    void a_pack_or_chunk_out_of_bounds_is_refused(int offset, int value, Reason reason) {
        index.putInt(offset, value);
        assertRefused(reason);
    }

    @ParameterizedTest
    @CsvSource({
        EXTENTS + ", 3, EXTENT_ORDER",
        EXTENTS + ", 4, EXTENT_ORDER",
        (EXTENTS + 4) + ", 2, CHUNK_UNKNOWN",
        (EXTENTS + 4) + ", -1, CHUNK_UNKNOWN",
        (EXTENTS + 4) + ", 1, CHUNK_ORDER",
        (EXTENTS + 16) + ", 11, EXTENT_BEYOND_DISK",
        (EXTENTS + 16) + ", -1, EXTENT_BEYOND_DISK",
        (EXTENTS + 16) + ", 9, SHORT_CHUNK",
        (EXTENTS + 20) + ", 0, EXTENT_BEYOND_DISK"
    })
    void an_extent_out_of_bounds_or_order_is_refused(int offset, int value, Reason reason) {
        index.putInt(offset, value);
        assertRefused(reason);
    }

    @Test
    void a_chunk_that_no_extent_names_is_refused() {
        index.putInt(20, 45_056).putInt(EXTENTS + 20, 0);
        assertRefused(Reason.CHUNK_UNUSED);
    }

    @Test
    void packs_that_are_unused_or_out_of_order_are_refused() {
        byte[] sample = DiskVectors.sampleIndex();
        index = ByteBuffer.allocate(sample.length + 36);
        index.put(sample, 0, 76).put(sample, 40, 36).put(sample, 76, sample.length - 76);
        index.putInt(24, 2);
        assertRefused(Reason.PACK_UNUSED);

        index.putInt(CHUNK_0 + 36, 1);
        assertRefused(Reason.PACK_ORDER);
    }

    @Test
    void an_index_that_is_cut_short_or_goes_on_is_refused() {
        byte[] sample = DiskVectors.sampleIndex();
        for (int length = 0; length < sample.length; length++) {
            index = ByteBuffer.wrap(sample, 0, length).slice();
            assertRefused(Reason.TRUNCATED);
        }
        index = ByteBuffer.wrap(Arrays.copyOf(sample, sample.length + 1));
        assertRefused(Reason.TRAILING_BYTES);
    }

    @RepeatedTest(10)
    void flipped_bits_are_refused_or_make_another_valid_index() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        MemoryBlobs blobs = new MemoryBlobs();
        WrittenDisk written = Disks.write(Disks.random(random, 1 << 20), blobs);
        byte[] original = blobs.bytes(written.index().digest());

        for (int i = 0; i < 5000; i++) {
            byte[] flipped = original.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                flipped[random.nextInt(random.nextBoolean() ? flipped.length : 40)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                walk(DiskIndex.parse(ByteBuffer.wrap(flipped)));
            } catch (DiskFormatException e) {
                assertThat(e.reason()).as("seed %d", seed).isNotNull();
            }
        }
    }

    /** Every accessor of a valid index works, and the extents are what they promise to be. */
    private static void walk(DiskIndex index) {
        long end = 0;
        for (int extent = 0; extent < index.extentCount(); extent++) {
            int chunk = index.extentChunk(extent);
            assertThat(index.extentOffset(extent)).isGreaterThanOrEqualTo(end);
            end = index.extentEnd(extent);
            assertThat(index.frameOffset(chunk) + index.frameLength(chunk))
                    .isLessThanOrEqualTo(index.packLength(index.chunkPack(chunk)));
        }
        assertThat(end).isLessThanOrEqualTo(index.diskSize());
    }

    private void assertRefused(Reason reason) {
        assertThatThrownBy(() -> DiskIndex.parse(index.duplicate().clear()))
                .isInstanceOfSatisfying(
                        DiskFormatException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
