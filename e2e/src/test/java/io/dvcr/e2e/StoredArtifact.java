package io.dvcr.e2e;

import java.util.Map;
import java.util.Set;

/**
 * A manifest that a registry has acknowledged, with all that it names.
 *
 * @param blobs by their digests
 * @param children the digests of the manifests that it lists
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredArtifact(
        String repository,
        String digest,
        String mediaType,
        byte[] manifest,
        Map<String, byte[]> blobs,
        Set<String> children) {

    StoredArtifact {
        blobs = Map.copyOf(blobs);
        children = Set.copyOf(children);
    }

    String path() {
        return "/v2/" + repository + "/manifests/" + digest;
    }

    String blobPath(String blob) {
        return "/v2/" + repository + "/blobs/" + blob;
    }
}
