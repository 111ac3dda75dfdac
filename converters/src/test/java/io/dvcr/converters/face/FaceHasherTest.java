package io.dvcr.converters.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.converters.disk.Disks;
import io.dvcr.converters.disk.KnownDisks;
import io.dvcr.converters.disk.MemoryBlobs;
import io.dvcr.converters.disk.UnusablePackException;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Composite;
import io.dvcr.storage.content.CompositeStream;
import io.dvcr.storage.object.ByteRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packs are of a MiB here. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FaceHasherTest {
    private static final int MIB = 1 << 20;

    private final MemoryBlobs blobs = new MemoryBlobs();
    private final KnownDisks known = new KnownDisks(1_000_000);

    /** A disk as it was written, and what the hasher said. */
    private record Hashed(WrittenDisk disk, DiskIndex index, FaceHashes hashes) {}

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 4096, 4097, 262_145, 5_000_001})
    void the_hashes_are_those_of_the_layers_whatever_the_size(int size) throws IOException {
        byte[] data = Disks.bytes(size, size);
        assertHashes(data, write(data));
        assertHashes(new byte[size], write(new byte[size]));
    }

    @RepeatedTest(10)
    void the_hashes_are_those_of_the_layers_of_disks_with_repeats_and_of_ones_that_reuse_packs() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] disk = Disks.random(random, 1 + random.nextInt(4 * MIB));
        for (int week = 0; week < 3; week++) {
            Hashed hashed = write(disk);
            assertHashes(disk, hashed);
            known.add(hashed.index(), _ -> true);
            disk = changed(disk, random);
        }
    }

    @Test
    void a_stretch_of_zeros_longer_than_what_waits_is_hashed_too() throws IOException {
        byte[] disk = new byte[20 * MIB + 5];
        System.arraycopy(Disks.bytes(1, MIB), 0, disk, 17 * MIB, MIB);

        assertHashes(disk, write(disk));
    }

    @Test
    void a_disk_of_new_chunks_is_hashed_without_reading_anything_back() throws IOException {
        write(Disks.bytes(2, 6 * MIB));

        assertThat(blobs.takeOpened()).isEmpty();
    }

    @Test
    void the_archive_is_not_hashed_unless_it_is_known_how_long_the_disk_will_be() throws IOException {
        byte[] disk = Disks.random(new Random(3), 3 * MIB);

        assertThat(write(disk, Optional.empty()).hashes().archive()).isEmpty();
        assertThat(write(disk, Optional.of(disk.length + 1)).hashes().archive()).isEmpty();

        Hashed hashed = write(disk, Optional.empty());
        FaceHashes readBack = new FaceLayers(hashed.index()).readBack(Disks.open(hashed.disk(), blobs), blobs);
        assertHashes(disk, new Hashed(hashed.disk(), hashed.index(), readBack));
        assertThat(hashed.hashes().raw()).isEqualTo(readBack.raw());
    }

    @Test
    void the_archive_is_not_hashed_if_nobody_wants_one() throws IOException {
        byte[] disk = Disks.bytes(4, MIB);
        try (FaceHasher hasher = new FaceHasher(blobs, size -> size < MIB)) {
            WrittenDisk written = write(disk, Optional.of(MIB), hasher);

            assertThat(hasher.finish(MIB).archive()).isEmpty();
            assertThat(written.virtualSize()).isEqualTo(MIB);
        }
    }

    @Test
    void a_pack_that_is_reused_and_cannot_be_read_is_named() throws IOException {
        byte[] disk = Disks.bytes(5, MIB);
        Hashed first = write(disk);
        known.add(first.index(), _ -> true);
        Digest pack = first.index().packDigest(0);
        blobs.corrupt(pack, new byte[10]);

        assertThatThrownBy(() -> write(disk))
                .isInstanceOfSatisfying(
                        UnusablePackException.class, e -> assertThat(e.pack()).isEqualTo(pack));
    }

    private Hashed write(byte[] disk) throws IOException {
        return write(disk, Optional.of(disk.length));
    }

    private Hashed write(byte[] disk, Optional<Integer> expected) throws IOException {
        try (FaceHasher hasher = new FaceHasher(blobs, _ -> true)) {
            WrittenDisk written = write(disk, expected, hasher);
            return new Hashed(written, Disks.index(written, blobs), hasher.finish(disk.length));
        }
    }

    private WrittenDisk write(byte[] disk, Optional<Integer> expected, FaceHasher hasher) throws IOException {
        try (DiskWriter writer = new DiskWriter(blobs, known, blobs, hasher, Disks.OPTIONS)) {
            if (expected.isPresent()) {
                writer.expect(expected.get());
            }
            writer.data(ByteBuffer.wrap(disk));
            return writer.finish();
        }
    }

    /** Against the layers themselves, read as a client would read them. */
    private void assertHashes(byte[] disk, Hashed hashed) throws IOException {
        FaceLayers layers = new FaceLayers(hashed.index());
        byte[] raw = bytes(layers.raw().orElseThrow());
        byte[] tar = bytes(layers.tar().orElseThrow());
        byte[] archive = archive(disk);
        assertThat(decompressed(raw)).isEqualTo(disk);
        assertThat(decompressed(tar)).isEqualTo(archive);
        assertThat(hashed.hashes().raw()).isEqualTo(Digest.sha256(raw));
        assertThat(hashed.hashes().archive())
                .contains(new FaceHashes.Archive(Digest.sha256(tar), Digest.sha256(archive)));
    }

    private byte[] bytes(Composite layer) throws IOException {
        ByteRange all = ByteRange.all(layer.length());
        try (CompositeStream in =
                new CompositeStream(layer, all, (blob, range) -> blobs.open(blob, range.offset(), range.length()))) {
            return in.readAllBytes();
        }
    }

    private static byte[] decompressed(byte[] stream) throws IOException {
        try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(stream))) {
            return in.readAllBytes();
        }
    }

    private static byte[] archive(byte[] disk) {
        DiskArchive archive = new DiskArchive(disk.length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(archive.head());
        out.writeBytes(disk);
        out.writeBytes(archive.end());
        return out.toByteArray();
    }

    /** A stretch overwritten, and most of the rest perhaps gone, so that packs are left whose chunks have to move. */
    private static byte[] changed(byte[] disk, Random random) {
        byte[] changed = disk.clone();
        int from = random.nextInt(disk.length);
        int to = Math.min(disk.length, from + random.nextInt(MIB));
        System.arraycopy(Disks.bytes(random.nextLong(), to - from), 0, changed, from, to - from);
        if (random.nextBoolean()) {
            Arrays.fill(changed, disk.length / 5, disk.length, (byte) 0);
        }
        return changed;
    }
}
