package io.dvcr.importers.image;

import io.dvcr.converters.face.FaceHashes;
import io.dvcr.converters.face.FaceLayers;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Composite;
import java.util.Optional;

/**
 * The layers of an image's faces with the digests that their manifests need.
 *
 * @param raw for the KubeVirt artifact
 * @param tar for the containerDisk, if one is wanted
 */
record HashedLayers(Layer raw, Optional<TarLayer> tar) {

    record Layer(Digest digest, Composite content) {}

    /** @param diffId of the archive, not compressed */
    record TarLayer(Layer layer, Digest diffId) {}

    /** Those that {@code hashes} has; empty if the disk is in too many pieces for any face. */
    static Optional<HashedLayers> of(FaceLayers layers, FaceHashes hashes) {
        return layers.raw().map(raw -> new HashedLayers(new Layer(hashes.raw(), raw), tar(layers, hashes)));
    }

    private static Optional<TarLayer> tar(FaceLayers layers, FaceHashes hashes) {
        return hashes.archive()
                .flatMap(archive ->
                        layers.tar().map(tar -> new TarLayer(new Layer(archive.layer(), tar), archive.content())));
    }
}
