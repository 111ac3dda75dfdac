package io.dvcr.converters.face;

import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import java.util.Map;
import java.util.Optional;

/**
 * How an OCI index says which of its manifests is the disk: by an annotation of the descriptor, since tools that copy
 * indexes, skopeo 1.9 among them, lose a descriptor's {@code artifactType}. One that has that is understood as well.
 */
public final class ListedDisk {
    private static final String ANNOTATION = "io.dvcr.artifact-type";

    private ListedDisk() {}

    /** The annotations of a descriptor whose manifest is of {@code artifactType}. */
    public static Map<String, String> annotations(String artifactType) {
        return Map.of(ANNOTATION, artifactType);
    }

    /** The first disk that {@code index} lists; empty for any other manifest. */
    public static Optional<Digest> in(Manifest index) {
        return index.manifests().stream()
                .filter(ListedDisk::isDisk)
                .map(Descriptor::digest)
                .findFirst();
    }

    private static boolean isDisk(Descriptor listed) {
        String annotated = listed.annotations().getOrDefault(ANNOTATION, "");
        return listed.artifactType().orElse(annotated).equals(DiskManifest.ARTIFACT_TYPE);
    }
}
