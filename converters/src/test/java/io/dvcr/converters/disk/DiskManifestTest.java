package io.dvcr.converters.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.disk.DiskFormatException.Reason;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskManifestTest {
    private static final Digest A = Digest.parse("sha256:" + "a".repeat(64));
    private static final Digest B = Digest.parse("sha256:" + "b".repeat(64));
    private static final DiskManifest MANIFEST = new DiskManifest(
            new BlobDescriptor(DiskManifest.CONFIG_TYPE, A, 100),
            new BlobDescriptor(DiskManifest.INDEX_TYPE, B, 200),
            List.of(DiskManifest.pack(A, 300)));
    private static final String JSON = """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "artifactType":"application/vnd.dvcr.disk.v1",\
            "config":{"mediaType":"application/vnd.dvcr.disk.config.v1+json","digest":"sha256:%1$s","size":100},\
            "layers":[{"mediaType":"application/vnd.dvcr.disk.index.v1","digest":"sha256:%2$s","size":200},\
            {"mediaType":"application/vnd.dvcr.disk.pack.v1","digest":"sha256:%1$s","size":300}]}""".formatted("a".repeat(64), "b".repeat(64));

    @Test
    void a_manifest_is_an_oci_image_manifest_and_comes_back() throws IOException {
        assertThat(new String(MANIFEST.toJson(), UTF_8)).isEqualTo(JSON);
        assertThat(DiskManifest.parse(MANIFEST.toJson())).isEqualTo(MANIFEST);
    }

    @Test
    void what_others_add_is_ignored() throws IOException {
        String annotated = JSON.replace("\"size\":300", "\"size\":300,\"annotations\":{\"a\":\"b\"}")
                .replace("\"layers\"", "\"subject\":{},\"layers\"");
        assertThat(DiskManifest.parse(annotated.getBytes(UTF_8))).isEqualTo(MANIFEST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"schemaVersion\":2 | \"schemaVersion\":1",
                "\"schemaVersion\":2 | \"schemaVersion\":\"2\"",
                "\"schemaVersion\":2 | \"schemaVersion\":2,\"schemaVersion\":2",
                "vnd.dvcr.disk.v1 | vnd.dvcr.disk.v2",
                "oci.image.manifest | oci.image.index",
                "disk.config.v1 | disk.config.v2",
                "disk.index.v1 | disk.pack.v1",
                "disk.pack.v1 | disk.index.v1",
                "sha256:a | sha512:a",
                "sha256:b | sha256:B",
                "\"size\":300 | \"size\":-1",
                "\"size\":300 | \"size\":33554433",
                "\"size\":300 | \"size\":1e2",
                "\"size\":300 | \"size\":99999999999999999999",
                "\"size\":200 | \"size\":1073741825",
                "\"size\":100 | \"size\":65537",
                "\"layers\":[ | \"layers\":{\"a\":[",
                "\"layers\" | \"blobs\"",
                "]} | ]}}",
                "]} | ]",
                "{\"schemaVersion\" | [{\"schemaVersion\""
            })
    void a_manifest_that_is_not_of_a_disk_is_refused(String good, String bad) {
        assertThat(JSON).contains(good);
        assertRefused(JSON.replace(good, bad).getBytes(UTF_8));
    }

    @Test
    void a_manifest_beyond_the_limits_is_refused() {
        assertRefused(new byte[0]);
        assertRefused("null".getBytes(UTF_8));
        assertRefused((JSON + " ".repeat(4 << 20)).getBytes(UTF_8));
        assertRefused(JSON.replace("\"layers\"", "\"x\":" + "[".repeat(1000) + "]".repeat(1000) + ",\"layers\"")
                .getBytes(UTF_8));
    }

    @Test
    void a_manifest_of_the_most_packs_is_within_the_limits() throws IOException {
        DiskManifest large = new DiskManifest(
                MANIFEST.config(),
                MANIFEST.index(),
                IntStream.range(0, DiskFormat.MAX_PACKS)
                        .mapToObj(_ -> DiskManifest.pack(A, DiskFormat.MAX_PACK))
                        .toList());
        assertThat(DiskManifest.parse(large.toJson())).isEqualTo(large);
    }

    @Test
    void a_manifest_and_an_index_that_disagree_are_told_apart() throws IOException {
        DiskIndex index = DiskIndex.parse(ByteBuffer.wrap(DiskVectors.sampleIndex()));
        BlobDescriptor pack = DiskManifest.pack(index.packDigest(0), 100);
        BlobDescriptor blob = DiskManifest.index(index);

        new DiskManifest(MANIFEST.config(), blob, List.of(pack)).requireMatch(index);
        assertMismatch(new DiskManifest(MANIFEST.config(), MANIFEST.index(), List.of(pack)), index);
        assertMismatch(new DiskManifest(MANIFEST.config(), blob, List.of()), index);
        assertMismatch(new DiskManifest(MANIFEST.config(), blob, List.of(pack, pack)), index);
        assertMismatch(new DiskManifest(MANIFEST.config(), blob, List.of(DiskManifest.pack(A, 100))), index);
        assertMismatch(new DiskManifest(MANIFEST.config(), blob, List.of(DiskManifest.pack(pack.digest(), 99))), index);
    }

    private static void assertMismatch(DiskManifest manifest, DiskIndex index) {
        assertThatThrownBy(() -> manifest.requireMatch(index))
                .isInstanceOfSatisfying(
                        DiskFormatException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISMATCH));
    }

    private static void assertRefused(byte[] json) {
        assertThatThrownBy(() -> DiskManifest.parse(json))
                .isInstanceOfSatisfying(
                        DiskFormatException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MANIFEST));
    }
}
