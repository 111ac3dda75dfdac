package io.dvcr.converters.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.content.StoredManifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskRuleTest {
    private static final byte[] INDEX = DiskVectors.sampleIndex();
    private static final BlobDescriptor PACK =
            DiskManifest.pack(Digest.sha256(DiskVectors.samplePack()), DiskVectors.samplePack().length);
    private static final BlobDescriptor OTHER = DiskManifest.pack(Digest.sha256(new byte[1]), 1);

    private static byte[] manifest(BlobDescriptor... packs) {
        return new DiskManifest(
                        DiskManifest.config("{}".getBytes(UTF_8)),
                        new BlobDescriptor(DiskManifest.INDEX_TYPE, DiskVectors.sampleIndexDigest(), INDEX.length),
                        List.of(packs))
                .toJson();
    }

    private static Optional<String> fault(byte[] manifest, byte[] index) throws IOException {
        StoredManifest stored = new StoredManifest(Digest.sha256(manifest), DiskManifest.MEDIA_TYPE, manifest);
        return new DiskRule().fault(stored, _ -> new ByteArrayInputStream(index));
    }

    @Test
    void a_disk_whose_manifest_has_the_packs_of_its_index_is_sound() throws IOException {
        assertThat(fault(manifest(PACK), INDEX)).isEmpty();
    }

    @Test
    void a_disk_whose_manifest_has_other_packs_than_its_index_is_not() throws IOException {
        assertThat(fault(manifest(OTHER), INDEX)).get().asString().contains("pack 0 is", "in the manifest");
        assertThat(fault(manifest(PACK, OTHER), INDEX)).get().asString().contains("2 packs");
    }

    @Test
    void an_index_or_a_manifest_that_is_none_is_told() throws IOException {
        assertThat(fault(manifest(PACK), new byte[100])).get().asString().contains("disk artifact");
        assertThat(fault(manifest(PACK), new byte[0])).get().asString().contains("disk artifact");
        byte[] other = new String(manifest(PACK), UTF_8)
                .replace("disk.pack.v1", "disk.pack.v2")
                .getBytes(UTF_8);
        assertThat(fault(other, INDEX)).get().asString().contains("disk.pack.v2");
    }

    @Test
    void of_other_manifests_nothing_is_read() throws IOException {
        byte[] image = "{\"schemaVersion\":2}".getBytes(UTF_8);
        StoredManifest stored = new StoredManifest(Digest.sha256(image), "application/vnd.example+json", image);

        assertThat(new DiskRule().fault(stored, _ -> {
                    throw new IOException("was read");
                }))
                .isEmpty();
    }

    @Test
    void that_an_index_is_missing_is_left_to_others_to_tell() {
        byte[] manifest = manifest(PACK);
        StoredManifest stored = new StoredManifest(Digest.sha256(manifest), DiskManifest.MEDIA_TYPE, manifest);

        assertThatThrownBy(() -> new DiskRule().fault(stored, blob -> {
                    throw new NoSuchFileException(blob.toString());
                }))
                .isInstanceOf(NoSuchFileException.class);
    }
}
