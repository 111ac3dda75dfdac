package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Packs are of a MiB here. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class KnownDisksTest {
    private static final int MIB = 1 << 20;

    private final MemoryBlobs blobs = new MemoryBlobs();

    @Test
    void a_chunk_that_is_known_stays_where_it_is() throws IOException {
        byte[] old = Disks.bytes(3, 3 * MIB);
        WrittenDisk first = Disks.write(old, blobs);
        byte[] changed = old.clone();
        changed[MIB] ^= 1;

        WrittenDisk second = write(changed, first);

        assertThat(second.packs())
                .containsAll(first.packs())
                .hasSize(first.packs().size() + 1);
        assertThat(second.newlyStored()).isLessThan(300_000);
        assertThat(Disks.content(Disks.open(second, blobs))).isEqualTo(changed);
        assertThat(Disks.content(Disks.open(first, blobs))).isEqualTo(old);
    }

    @Test
    void the_same_disk_again_is_the_same_index_and_brings_nothing() throws IOException {
        byte[] disk = Disks.random(new Random(1), 5 * MIB);
        WrittenDisk first = Disks.write(disk, blobs);

        WrittenDisk second = write(disk, first);

        assertThat(second.index()).isEqualTo(first.index());
        assertThat(second.packs()).isEqualTo(first.packs());
        assertThat(second.newlyStored()).isEqualTo(first.index().size());
    }

    @Test
    void a_pack_of_which_a_disk_uses_a_quarter_is_kept_and_one_of_which_it_uses_less_is_left() throws IOException {
        WrittenDisk first = Disks.write(Disks.bytes(4, 900_000), blobs);
        byte[] quarter = part(first, 0.25, 0.45);
        byte[] less = part(first, 0.10, 0.20);

        assertThat(write(quarter, first).packs()).isEqualTo(first.packs());

        WrittenDisk left = write(less, first);
        assertThat(left.packs()).hasSize(1).doesNotContainAnyElementsOf(first.packs());
        assertThat(left.newlyStored()).isEqualTo(left.storedSize()).isLessThan(less.length + 10_000);
        assertThat(Disks.content(Disks.open(left, blobs))).isEqualTo(less);
    }

    @Test
    void chunks_of_packs_that_are_left_are_copied_as_they_are() throws IOException {
        WrittenDisk first = Disks.write(Disks.bytes(4, 900_000), blobs);
        byte[] little = part(first, 0.10, 0.20);
        byte[] disk = Arrays.copyOf(little, little.length + MIB);
        System.arraycopy(Disks.bytes(5, MIB), 0, disk, little.length, MIB);

        WrittenDisk second = write(disk, first);

        DiskIndex old = Disks.index(first, blobs);
        DiskIndex index = Disks.index(second, blobs);
        assertThat(frame(index, 0)).isEqualTo(frame(old, sameChunk(old, index.chunkDigest(0))));
        assertThat(second.packs()).doesNotContainAnyElementsOf(first.packs());
        assertThat(Disks.content(Disks.open(second, blobs))).isEqualTo(disk);
    }

    @RepeatedTest(20)
    void a_row_of_rebuilt_disks_reads_as_written_and_names_no_pack_it_hardly_uses() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] disk = Disks.random(random, 3 * MIB);
        WrittenDisk newest = Disks.write(disk, blobs);
        for (int week = 0; week < 5; week++) {
            disk = changed(disk, random);
            newest = write(disk, newest);

            assertThat(Disks.content(Disks.open(newest, blobs)))
                    .as("seed %d", seed)
                    .isEqualTo(disk);
            DiskIndex index = Disks.index(newest, blobs);
            newest.manifest(DiskManifest.config(new byte[0])).requireMatch(index);
            List<BlobDescriptor> brought = blobs.stored();
            assertThat(ReuseRule.chunksToMove(index, pack -> isOlderThan(index, pack, brought)))
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }

    @Test
    void what_lies_in_a_pack_that_is_gone_is_not_known() throws IOException {
        byte[] disk = Disks.bytes(6, 2 * MIB + 500_000);
        WrittenDisk first = Disks.write(disk, blobs);
        BlobDescriptor gone = first.packs().get(1);
        KnownDisks known = new KnownDisks(1000);
        known.add(Disks.index(first, blobs), pack -> !pack.equals(gone));

        WrittenDisk second = write(disk, known, blobs);

        assertThat(blobs.stored().stream().filter(gone::equals))
                .as("stored once more")
                .hasSize(2);
        assertThat(second.newlyStored()).isBetween(gone.size(), gone.size() + 10_000);
        assertThat(Disks.content(Disks.open(second, blobs))).isEqualTo(disk);
    }

    @Test
    void a_pack_that_cannot_be_read_when_its_chunks_must_move_is_named() throws IOException {
        WrittenDisk first = Disks.write(Disks.bytes(4, 900_000), blobs);
        byte[] little = part(first, 0.10, 0.20);
        Digest pack = first.packs().getFirst().digest();

        assertUnusable(pack, little, first, (_, _, _) -> {
            throw new FileNotFoundException("gone");
        });
        blobs.corrupt(pack, new byte[900_000]);
        assertUnusable(pack, little, first, blobs);
        blobs.corrupt(pack, new byte[0]);
        assertUnusable(pack, little, first, blobs);
    }

    @Test
    void an_index_that_lies_about_a_chunk_spoils_no_disk() throws IOException {
        WrittenDisk first = Disks.write(Disks.bytes(7, 500_000), blobs);
        byte[] index = blobs.bytes(first.index().digest()).clone();
        ByteBuffer lie = ByteBuffer.wrap(index);
        int chunk = IndexHeader.LENGTH + IndexHeader.PACK_ROW;
        int frameLength = lie.getInt(chunk + 40);
        lie.putInt(chunk + 40, frameLength + 10_000).putInt(chunk + 44, lie.getInt(chunk + 44) + 12_288);
        lie.putInt(20, 1 << 30); // room for the extents to be wrong
        DiskIndex lying = withFirstExtentOnly(index);
        KnownDisks known = new KnownDisks(1000);
        known.add(lying, _ -> true);

        WrittenDisk second = write(Disks.bytes(7, 500_000), known, blobs);

        assertThat(second.packs()).isEqualTo(first.packs());
        assertThat(Disks.content(Disks.open(second, blobs))).isEqualTo(Disks.bytes(7, 500_000));
    }

    @Test
    void the_disk_that_was_added_first_tells_where_a_chunk_is_and_no_more_are_added_than_allowed() throws IOException {
        byte[] disk = Disks.bytes(8, 2 * MIB);
        DiskIndex first = Disks.index(Disks.write(disk, blobs), blobs);
        byte[] front = new byte[disk.length + MIB];
        System.arraycopy(Disks.bytes(9, MIB), 0, front, 0, MIB);
        System.arraycopy(disk, 0, front, MIB, disk.length);
        DiskIndex second = Disks.index(Disks.write(front, blobs), blobs);
        KnownDisks known = new KnownDisks(first.chunkCount() + 1);

        known.add(first, _ -> true);
        assertThat(known.isFull()).isFalse();
        known.add(second, _ -> true);

        assertThat(known.isFull()).isTrue();
        assertThat(known.find(first.chunkDigest(0), first.chunkLength(0)))
                .map(KnownChunks.Place::pack)
                .contains(first.packDigest(0));
        assertThat(known.find(first.chunkDigest(0), first.chunkLength(0) - 1)).isEmpty();
        assertThat(known.find(second.chunkDigest(0), second.chunkLength(0))).isPresent();
        assertThat(known.find(second.chunkDigest(1), second.chunkLength(1))).isEmpty();
    }

    private WrittenDisk write(byte[] disk, WrittenDisk before) throws IOException {
        KnownDisks known = new KnownDisks(1_000_000);
        known.add(Disks.index(before, blobs), _ -> true);
        return write(disk, known, blobs);
    }

    private WrittenDisk write(byte[] disk, KnownChunks known, PackSource packs) throws IOException {
        try (DiskWriter writer = new DiskWriter(blobs, known, packs, ChunkObserver.NONE, Disks.OPTIONS)) {
            writer.data(ByteBuffer.wrap(disk));
            return writer.finish();
        }
    }

    private void assertUnusable(Digest pack, byte[] disk, WrittenDisk before, PackSource packs) throws IOException {
        KnownDisks known = new KnownDisks(1000);
        known.add(Disks.index(before, blobs), _ -> true);
        assertThatThrownBy(() -> write(disk, known, packs))
                .isInstanceOfSatisfying(
                        UnusablePackException.class, e -> assertThat(e.pack()).isEqualTo(pack))
                .hasMessageContaining(pack.toString());
    }

    /** The content of the chunks that begin in that part of a disk. */
    private byte[] part(WrittenDisk written, double from, double to) throws IOException {
        DiskIndex index = Disks.index(written, blobs);
        byte[] content = Disks.content(Disks.open(written, blobs));
        int first = index.extentAtOrAfter((long) (content.length * from));
        int last = index.extentAtOrAfter((long) (content.length * to));
        return Arrays.copyOfRange(content, (int) index.extentOffset(first), (int) index.extentEnd(last));
    }

    private byte[] frame(DiskIndex index, int chunk) throws IOException {
        return blobs.open(index.packDigest(index.chunkPack(chunk)), index.frameOffset(chunk), index.frameLength(chunk))
                .readAllBytes();
    }

    private static int sameChunk(DiskIndex index, Digest digest) {
        return IntStream.range(0, index.chunkCount())
                .filter(chunk -> index.chunkDigest(chunk).equals(digest))
                .findFirst()
                .orElseThrow();
    }

    /** Some stretches overwritten, some moved by whole blocks. */
    private static byte[] changed(byte[] disk, Random random) {
        byte[] changed = disk.clone();
        for (int change = random.nextInt(6); change >= 0; change--) {
            int length = 4096 * (1 + random.nextInt(100));
            int to = 4096 * random.nextInt((disk.length - length) / 4096);
            byte[] bytes = random.nextBoolean()
                    ? Disks.bytes(random.nextLong(), length)
                    : Arrays.copyOfRange(disk, disk.length - length, disk.length);
            System.arraycopy(bytes, 0, changed, to, length);
        }
        return changed;
    }

    /** Whether a pack was stored before the last index but one. */
    private static boolean isOlderThan(DiskIndex index, int pack, List<BlobDescriptor> stored) {
        int previousIndex = -1;
        for (int i = 0; i < stored.size() - 1; i++) {
            if (stored.get(i).mediaType().equals(DiskManifest.INDEX_TYPE)) {
                previousIndex = i;
            }
        }
        return stored.subList(0, previousIndex + 1).stream()
                .anyMatch(blob -> blob.digest().equals(index.packDigest(pack)));
    }

    /** An index of one chunk and one extent, made of the first of {@code index}, which need not be valid. */
    private static DiskIndex withFirstExtentOnly(byte[] index) throws IOException {
        int chunk = IndexHeader.LENGTH + IndexHeader.PACK_ROW;
        ByteBuffer small = ByteBuffer.allocate(chunk + IndexHeader.CHUNK_ROW + IndexHeader.EXTENT_ROW);
        small.put(index, 0, chunk + IndexHeader.CHUNK_ROW).putLong(0).flip();
        return DiskIndex.parse(small.putInt(24, 1).putInt(28, 1).putInt(32, 1));
    }
}
