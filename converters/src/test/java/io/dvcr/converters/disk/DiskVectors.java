package io.dvcr.converters.disk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The test vectors of the specification, made by a program that shares no code with this one. */
final class DiskVectors {
    private static final JsonNode VECTORS = load();

    private DiskVectors() {}

    record CutChunk(long firstBlock, int length, Digest digest) {}

    /** A disk by rule: block n of a data run is SHA-256(name "/" (n mod period)), over and over. */
    record RuleDisk(String name, long size, long period, List<long[]> data, List<CutChunk> chunks) {
        byte[] block(long number) {
            byte[] hash = Digest.sha256((name + "/" + number % period).getBytes(StandardCharsets.UTF_8))
                    .bytes();
            byte[] block = new byte[(int) Math.min(4096, size - number * 4096)];
            for (int i = 0; i < block.length; i++) {
                block[i] = hash[i % hash.length];
            }
            return block;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<RuleDisk> disks() {
        return elements(VECTORS.path("disks")).map(DiskVectors::disk).toList();
    }

    static RuleDisk disk(String name) {
        return disks().stream().filter(d -> d.name().equals(name)).findFirst().orElseThrow();
    }

    static byte[] sampleIndex() {
        return HexFormat.of().parseHex(VECTORS.path("sample").path("index").textValue());
    }

    static byte[] samplePack() {
        return HexFormat.of().parseHex(VECTORS.path("sample").path("pack").textValue());
    }

    static Digest sampleIndexDigest() {
        return Digest.parse(VECTORS.path("sample").path("indexDigest").textValue());
    }

    private static RuleDisk disk(JsonNode json) {
        List<long[]> data = new ArrayList<>();
        json.path("data")
                .forEach(run -> data.add(IntStream.range(0, 2)
                        .mapToLong(i -> run.get(i).longValue())
                        .toArray()));
        return new RuleDisk(
                json.path("name").textValue(),
                json.path("size").longValue(),
                json.path("period").longValue(),
                data,
                elements(json.path("chunks"))
                        .map(c -> new CutChunk(
                                c.path(0).longValue(),
                                c.path(1).intValue(),
                                Digest.parse("sha256:" + c.path(2).textValue())))
                        .toList());
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static JsonNode load() {
        try (InputStream in = Objects.requireNonNull(DiskVectors.class.getResourceAsStream("vectors.json"))) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
