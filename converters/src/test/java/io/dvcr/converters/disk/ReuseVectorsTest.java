package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The vectors of section "Reuse", made by {@code src/test/reference/reuse_vectors.py}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReuseVectorsTest {
    private static final int BLOCK = 4096;

    private final MemoryBlobs blobs = new MemoryBlobs();
    private final List<Digest> oldPacks = new ArrayList<>();
    private JsonNode vectors = new ObjectMapper().createObjectNode();

    @BeforeEach
    void load() throws IOException {
        try (InputStream in = Objects.requireNonNull(ReuseVectorsTest.class.getResourceAsStream("reuse.json"))) {
            vectors = new ObjectMapper().readTree(in);
        }
        for (JsonNode hex : vectors.path("old").path("packs")) {
            byte[] pack = HexFormat.of().parseHex(hex.textValue());
            oldPacks.add(Digest.sha256(pack));
            blobs.put(oldPacks.getLast(), DiskManifest.PACK_TYPE, ByteBuffer.wrap(pack));
        }
    }

    private DiskIndex oldIndex() throws IOException {
        return DiskIndex.parse(ByteBuffer.wrap(
                HexFormat.of().parseHex(vectors.path("old").path("index").textValue())));
    }

    @Test
    void the_old_disk_reads_as_its_rule_says() throws IOException {
        assertThat(Disks.content(new ChunkedDisk(oldIndex(), blobs, new ChunkCache(0), 1)))
                .isEqualTo(content(vectors.path("old")));
    }

    @Test
    void the_new_disk_names_its_chunks_where_the_specification_says() throws IOException {
        KnownDisks known = new KnownDisks(1000);
        known.add(oldIndex(), _ -> true);
        byte[] content = content(vectors.path("new"));

        WrittenDisk written;
        try (DiskWriter writer = new DiskWriter(blobs, known, blobs, ChunkObserver.NONE, Disks.OPTIONS)) {
            writer.data(ByteBuffer.wrap(content));
            written = writer.finish();
        }

        DiskIndex index = Disks.index(written, blobs);
        List<String> expected = new ArrayList<>();
        vectors.path("new").path("extents").forEach(extent -> expected.add(expected(extent)));
        List<String> actual = new ArrayList<>();
        for (int extent = 0; extent < index.extentCount(); extent++) {
            actual.add(actual(index, extent));
        }
        assertThat(actual).isEqualTo(expected);
        assertThat(Disks.content(Disks.open(written, blobs))).isEqualTo(content);
        assertThat(written.packs().stream().map(BlobDescriptor::digest).filter(oldPacks::contains))
                .containsExactlyInAnyOrderElementsOf(vectors.path("new")
                        .path("packsReused")
                        .valueStream()
                        .map(pack -> oldPacks.get(pack.intValue()))
                        .toList());
    }

    private String expected(JsonNode extent) {
        JsonNode place = extent.path(3);
        String where = place.isNull()
                ? "a new pack"
                : oldPacks.get(place.path(0).intValue()) + " " + place.path(1) + "+" + place.path(2);
        return extent.path(0) + " " + extent.path(1) + " sha256:"
                + extent.path(2).textValue() + " in " + where;
    }

    private String actual(DiskIndex index, int extent) {
        int chunk = index.extentChunk(extent);
        Digest pack = index.packDigest(index.chunkPack(chunk));
        String where = oldPacks.contains(pack)
                ? pack + " " + index.frameOffset(chunk) + "+" + index.frameLength(chunk)
                : "a new pack";
        return index.extentOffset(extent) / BLOCK + " " + index.chunkLength(chunk) + " " + index.chunkDigest(chunk)
                + " in " + where;
    }

    /** The disk that {@code rule} says. */
    private static byte[] content(JsonNode rule) {
        byte[] disk = new byte[rule.path("size").intValue()];
        for (JsonNode run : rule.path("runs")) {
            for (int i = 0; i < run.path(1).intValue(); i++) {
                String name = run.path(2).textValue() + "/" + (run.path(3).intValue() + i);
                byte[] hash =
                        Digest.sha256(name.getBytes(StandardCharsets.US_ASCII)).bytes();
                int start = (run.path(0).intValue() + i) * BLOCK;
                for (int at = start; at < Math.min(disk.length, start + BLOCK); at++) {
                    disk[at] = hash[(at - start) % hash.length];
                }
            }
        }
        return disk;
    }
}
