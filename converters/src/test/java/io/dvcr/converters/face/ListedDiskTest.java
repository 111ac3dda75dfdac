package io.dvcr.converters.face;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ListedDiskTest {
    private static final Digest DISK = Digest.sha256("a disk".getBytes(UTF_8));

    private static Manifest index(String marked) {
        byte[] json = """
                {"schemaVersion":2,"mediaType":"%s","manifests":[
                 {"mediaType":"%s","digest":"%s","size":3},
                 {"mediaType":"%s","digest":"%s","size":3,%s}]}""".formatted(
                        Manifest.OCI_INDEX,
                        Manifest.OCI_MANIFEST,
                        Digest.sha256("another".getBytes(UTF_8)),
                        Manifest.OCI_MANIFEST,
                        DISK,
                        marked)
                .getBytes(UTF_8);
        return new StoredManifest(Digest.sha256(json), Manifest.OCI_INDEX, json).parsed();
    }

    @Test
    void a_disk_is_found_by_its_annotation() {
        assertThat(ListedDisk.in(index("\"annotations\":{\"io.dvcr.artifact-type\":\"application/vnd.dvcr.disk.v1\"}")))
                .contains(DISK);
    }

    @Test
    void a_disk_is_found_by_the_artifact_type_of_its_descriptor() {
        assertThat(ListedDisk.in(index("\"artifactType\":\"application/vnd.dvcr.disk.v1\"")))
                .contains(DISK);
    }

    @Test
    void an_index_of_other_things_lists_no_disk() {
        assertThat(ListedDisk.in(index("\"artifactType\":\"application/spdx+json\"")))
                .isEmpty();
    }
}
