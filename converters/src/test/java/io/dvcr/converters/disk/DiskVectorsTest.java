package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.disk.DiskVectors.CutChunk;
import io.dvcr.converters.disk.DiskVectors.RuleDisk;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskVectorsTest {

    static List<RuleDisk> disks() {
        return DiskVectors.disks();
    }

    @ParameterizedTest
    @MethodSource("disks")
    void a_disk_is_cut_where_the_specification_says(RuleDisk disk) throws IOException {
        Chunks chunks = new Chunks();
        Chunker chunker = new Chunker(chunks);
        feed(disk, chunker);
        chunker.finish();

        assertThat(chunks.cut).isEqualTo(disk.chunks());
        assertThat(chunker.size()).isEqualTo(disk.size());
    }

    @ParameterizedTest
    @MethodSource("disks")
    void an_index_lists_the_chunks_of_the_specification(RuleDisk disk) throws IOException {
        MemoryBlobs blobs = new MemoryBlobs();
        DiskIndex index;
        try (DiskWriter writer = new DiskWriter(blobs, Disks.OPTIONS)) {
            feed(disk, writer);
            index = Disks.index(writer.finish(), blobs);
        }

        List<CutChunk> extents = new ArrayList<>();
        for (int extent = 0; extent < index.extentCount(); extent++) {
            int chunk = index.extentChunk(extent);
            extents.add(new CutChunk(
                    index.extentOffset(extent) / 4096, index.chunkLength(chunk), index.chunkDigest(chunk)));
        }
        assertThat(extents).isEqualTo(disk.chunks());
        assertThat(index.diskSize()).isEqualTo(disk.size());
        assertThat(index.chunkCount()).isEqualTo((int)
                disk.chunks().stream().map(CutChunk::digest).distinct().count());
    }

    @Test
    void the_sample_index_and_pack_hold_the_sample_disk() throws IOException {
        RuleDisk sample = DiskVectors.disk("sample");
        DiskIndex index = DiskIndex.parse(ByteBuffer.wrap(DiskVectors.sampleIndex()));
        assertThat(DiskManifest.index(index).digest()).isEqualTo(DiskVectors.sampleIndexDigest());
        assertThat(index.usedSize()).isEqualTo(2 * 4096 + 100);

        MemoryBlobs blobs = new MemoryBlobs();
        Digest pack = Digest.sha256(DiskVectors.samplePack());
        blobs.put(pack, "", ByteBuffer.wrap(DiskVectors.samplePack()));
        assertThat(index.packDigest(0)).isEqualTo(pack);

        ByteBuffer expected = ByteBuffer.allocate((int) sample.size());
        for (long[] run : sample.data()) {
            expected.put((int) run[0] * 4096, sample.block(run[0]));
        }
        assertThat(Disks.content(new ChunkedDisk(index, blobs, new ChunkCache(0), 1)))
                .isEqualTo(expected.array());
    }

    private static void feed(RuleDisk disk, DiskSink sink) throws IOException {
        long at = 0;
        for (long[] run : disk.data()) {
            sink.zeros(run[0] * 4096 - at);
            for (long block = run[0]; block < run[0] + run[1]; block++) {
                sink.data(ByteBuffer.wrap(disk.block(block)));
            }
            at = Math.min((run[0] + run[1]) * 4096, disk.size());
        }
        sink.zeros(disk.size() - at);
    }

    private static final class Chunks implements Chunker.Output {
        private final List<CutChunk> cut = new ArrayList<>();

        @Override
        public byte[] buffer() {
            return Disks.bytes(1, DiskFormat.MAX_CHUNK); // what was in it before must not matter
        }

        @Override
        public void chunk(long firstBlock, byte[] content, int length) {
            cut.add(new CutChunk(firstBlock, length, Disks.sha256(content, 0, length)));
        }
    }
}
