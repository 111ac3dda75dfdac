package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.disk.DiskSoFar.Frames;
import io.dvcr.converters.disk.DiskSoFar.Origin;
import io.dvcr.converters.disk.DiskSoFar.Pack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Writers that are cut off. Packs are of a MiB here. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BegunDiskTest {
    private static final int MIB = 1 << 20;

    private final MemoryBlobs blobs = new MemoryBlobs();

    /** What the writers of one disk have told of it. */
    private static final class Kept {
        private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        private final ByteArrayOutputStream extents = new ByteArrayOutputStream();
        private Optional<DiskSoFar> last = Optional.empty();

        void add(DiskSoFar told) {
            chunks.writeBytes(bytes(told.chunks()));
            extents.writeBytes(bytes(told.extents()));
            last = Optional.of(new DiskSoFar(
                    told.size(),
                    told.packs(),
                    ByteBuffer.wrap(chunks.toByteArray()),
                    ByteBuffer.wrap(extents.toByteArray()),
                    told.frames().stream()
                            .map(frames -> new Frames(frames.pack(), ByteBuffer.wrap(bytes(frames.bytes()))))
                            .toList()));
        }

        Optional<BegunDisk> begun() throws DiskFormatException {
            return last.isPresent() ? Optional.of(new BegunDisk(last.get())) : Optional.empty();
        }

        private static byte[] bytes(ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        }
    }

    private DiskWriter writer(KnownDisks known, Optional<BegunDisk> begun) {
        return new DiskWriter(blobs, known, blobs, ChunkObserver.NONE, Disks.OPTIONS, begun);
    }

    private KnownDisks knowing(byte[] disk) throws IOException {
        KnownDisks known = new KnownDisks(1000);
        known.add(Disks.index(Disks.write(disk, blobs), blobs), _ -> true);
        return known;
    }

    @RepeatedTest(30)
    void a_disk_whose_writers_were_cut_off_is_in_the_end_what_one_would_have_made_of_it() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] disk = Disks.random(random, 5 * MIB + random.nextInt(3 * MIB));
        byte[] other = disk.clone();
        System.arraycopy(Disks.bytes(seed, 2 * MIB), 0, other, MIB, 2 * MIB);
        KnownDisks known = knowing(other);
        WrittenDisk expected;
        try (DiskWriter writer = writer(known, Optional.empty())) {
            writer.data(ByteBuffer.wrap(disk));
            expected = writer.finish();
        }

        Optional<BegunDisk> begun = Optional.empty();
        for (int cuts = random.nextInt(4); cuts > 0; cuts--) {
            begun = writeInPart(disk, random, known, begun);
        }
        WrittenDisk written;
        try (DiskWriter writer = writer(known, begun)) {
            writer.data(ByteBuffer.wrap(whole(begun, disk)));
            written = writer.finish();
        }

        assertThat(written).as("seed %d", seed).isEqualTo(expected);
        assertThat(Disks.content(Disks.open(written, blobs)))
                .as("seed %d", seed)
                .isEqualTo(disk);
    }

    /** What another writer keeps that gets the disk up to some place. */
    private Optional<BegunDisk> writeInPart(byte[] disk, Random random, KnownDisks known, Optional<BegunDisk> begun)
            throws IOException {
        Kept kept = new Kept();
        try (DiskWriter writer = writer(known, begun)) {
            byte[] source = whole(begun, disk);
            int end = random.nextInt(source.length);
            for (int at = 0; at < end; ) {
                int length = Math.min(end - at, 1 + random.nextInt(300_000));
                writer.data(ByteBuffer.wrap(source, at, length));
                at += length;
                if (random.nextInt(4) == 0) {
                    kept.add(writer.soFar());
                }
            }
        }
        return kept.begun();
    }

    /** The disk as a source gives it of which the beginning was kept. */
    private byte[] whole(Optional<BegunDisk> begun, byte[] disk) throws IOException {
        byte[] whole = disk.clone();
        if (begun.isPresent()) {
            Arrays.fill(whole, 0, (int) begun.get().size(), (byte) 1);
            try (InputStream content = begun.get().content(blobs)) {
                byte[] bytes = content.readAllBytes();
                System.arraycopy(bytes, 0, whole, 0, bytes.length);
            }
        }
        return whole;
    }

    @Test
    void what_is_kept_reaches_up_to_the_chunks_that_are_still_prepared() throws IOException {
        byte[] disk = Disks.bytes(1, 8 * MIB);
        try (DiskWriter writer = new DiskWriter(blobs, Disks.OPTIONS)) {
            writer.data(ByteBuffer.wrap(disk));
            assertThat(writer.soFar().size()).isGreaterThan(4 * MIB);
        }
    }

    @Test
    void zeros_count_as_soon_as_they_come() throws IOException {
        try (DiskWriter writer = new DiskWriter(blobs, Disks.OPTIONS)) {
            writer.zeros(100L * MIB + 5);
            assertThat(writer.soFar().size()).isEqualTo(100L * MIB);
        }
    }

    @Test
    void the_packs_are_told_apart() throws IOException {
        byte[] old = Disks.bytes(2, 2 * MIB);
        KnownDisks known = knowing(old);
        byte[] disk = Arrays.copyOf(old, 12 * MIB);
        System.arraycopy(Disks.bytes(3, 10 * MIB), 0, disk, 2 * MIB, 10 * MIB);

        try (DiskWriter writer = writer(known, Optional.empty())) {
            writer.data(ByteBuffer.wrap(disk));
            DiskSoFar told = writer.soFar();
            assertThat(told.packs().stream().map(Pack::origin))
                    .contains(Origin.KNOWN, Origin.BROUGHT, Origin.UNDER_WAY);
        }
    }

    @Test
    void a_pack_that_is_damaged_meanwhile_is_named() throws IOException {
        Kept kept = new Kept();
        try (DiskWriter writer = new DiskWriter(blobs, Disks.OPTIONS)) {
            writer.data(ByteBuffer.wrap(Disks.bytes(4, 8 * MIB)));
            kept.add(writer.soFar());
        }
        BegunDisk begun = kept.begun().orElseThrow();
        BlobDescriptor pack = begun.brought().iterator().next();
        blobs.corrupt(pack.digest(), new byte[(int) pack.size()]);

        assertThatThrownBy(() -> begun.content(blobs).readAllBytes())
                .isInstanceOf(UnusablePackException.class)
                .hasMessageContaining(pack.digest().toString());
    }

    @Test
    void tables_that_are_damaged_are_no_disk() throws IOException {
        Kept kept = new Kept();
        try (DiskWriter writer = new DiskWriter(blobs, Disks.OPTIONS)) {
            writer.data(ByteBuffer.wrap(Disks.bytes(4, 8 * MIB)));
            kept.add(writer.soFar());
        }
        DiskSoFar whole = kept.last.orElseThrow();
        ByteBuffer lessChunks = whole.chunks().slice(0, whole.chunks().remaining() - IndexHeader.CHUNK_ROW);
        DiskSoFar less = new DiskSoFar(whole.size(), whole.packs(), lessChunks, whole.extents(), whole.frames());

        assertThatThrownBy(() -> new BegunDisk(less)).isInstanceOf(DiskFormatException.class);
    }
}
