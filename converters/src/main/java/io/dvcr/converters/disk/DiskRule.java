package io.dvcr.converters.disk;

import io.dvcr.storage.content.ManifestRule;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A manifest of a disk must be one, and name exactly the packs that its index names; whether those are there the check
 * of the manifest tells. An index may be large, so one is looked at at a time. Thread-safe.
 */
public final class DiskRule implements ManifestRule {
    @Override
    public Optional<String> fault(StoredManifest manifest, Blobs blobs) throws IOException {
        Optional<String> artifactType = manifest.parsed().artifactType();
        return artifactType.equals(Optional.of(DiskManifest.ARTIFACT_TYPE))
                ? faultOfDisk(manifest.content(), blobs)
                : Optional.empty();
    }

    private synchronized Optional<String> faultOfDisk(byte[] manifest, Blobs blobs) throws IOException {
        try {
            DiskManifest disk = DiskManifest.parse(manifest);
            try (InputStream in = blobs.open(disk.index().digest())) {
                byte[] index = in.readNBytes(Math.toIntExact(disk.index().size() + 1));
                disk.requireMatch(DiskIndex.parse(ByteBuffer.wrap(index)));
            }
            return Optional.empty();
        } catch (DiskFormatException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
