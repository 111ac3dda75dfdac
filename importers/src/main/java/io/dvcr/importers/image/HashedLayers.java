package io.dvcr.importers.image;

import io.dvcr.converters.disk.ChunkedDisk;
import io.dvcr.converters.face.FaceLayers;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.content.Composite;
import io.dvcr.storage.content.CompositeStream;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The layers of an image's faces with the digests that their manifests need. The packs are read back once for both
 * layers, and at the same time their chunks once more for the archive as it was before it was compressed.
 *
 * @param raw for the KubeVirt artifact
 * @param tar for the containerDisk, if one is wanted
 */
record HashedLayers(Layer raw, Optional<TarLayer> tar) {
    private static final int BUFFER_BYTES = 256 * 1024;

    record Layer(Digest digest, Composite content) {}

    /** @param diffId of the archive, not compressed */
    record TarLayer(Layer layer, Digest diffId) {}

    /** Empty if the disk is in too many pieces for any face. */
    static Optional<HashedLayers> of(FaceLayers layers, boolean withTar, ChunkedDisk disk, CompositeStream.Source packs)
            throws IOException {
        Optional<Composite> raw = layers.raw();
        Optional<Composite> tar = withTar ? layers.tar() : Optional.empty();
        if (raw.isEmpty()) {
            return Optional.empty();
        }
        if (tar.isEmpty()) {
            return Optional.of(
                    new HashedLayers(hash(layers, raw.get(), raw.get(), packs).raw(), Optional.empty()));
        }
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Digest> diffId = thread.submit(() -> layers.tarDigest(disk));
            try {
                Pair hashed = hash(layers, raw.get(), tar.get(), packs);
                return Optional.of(
                        new HashedLayers(hashed.raw(), Optional.of(new TarLayer(hashed.tar(), await(diffId)))));
            } finally {
                thread.shutdownNow();
            }
        }
    }

    private record Pair(Layer raw, Layer tar) {}

    private static Pair hash(FaceLayers layers, Composite raw, Composite tar, CompositeStream.Source packs)
            throws IOException {
        MessageDigest rawHash = Algorithm.SHA256.newHash();
        MessageDigest tarHash = Algorithm.SHA256.newHash();
        tarHash.update(layers.tarHead());
        byte[] buffer = new byte[BUFFER_BYTES];
        try (CompositeStream in = new CompositeStream(raw, ByteRange.all(raw.length()), packs)) {
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                rawHash.update(buffer, 0, read);
                tarHash.update(buffer, 0, read);
            }
        }
        tarHash.update(layers.tarEnd());
        return new Pair(layer(rawHash, raw), layer(tarHash, tar));
    }

    private static Layer layer(MessageDigest hash, Composite content) {
        return new Layer(Digest.of(Algorithm.SHA256, hash.digest()), content);
    }

    private static Digest await(Future<Digest> diffId) throws IOException {
        try {
            return diffId.get();
        } catch (ExecutionException e) {
            throw new IOException("the disk could not be hashed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a disk was hashed");
        }
    }
}
