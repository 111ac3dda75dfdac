package io.dvcr.importers.image;

import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.PackSource;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** What images are made of, in our own repositories and in those of others. Thread-safe. */
record ImageContent(ContentStore own, ForeignContent foreign) {

    Optional<StoredManifest> manifest(RepositoryName repository, Reference reference) throws IOException {
        return foreign.has(repository)
                ? Optional.of(foreign.manifest(repository, reference))
                : own.manifests().find(repository, reference);
    }

    byte[] readAll(RepositoryName repository, BlobDescriptor blob) throws IOException {
        if (!foreign.has(repository)) {
            return own.blobs().readAll(new Blob(blob.digest(), blob.size()));
        }
        try (InputStream in = foreign.open(repository, blob.digest(), ByteRange.all(blob.size()))) {
            return in.readAllBytes();
        }
    }

    PackSource packs(RepositoryName repository) {
        return foreign.has(repository)
                ? (pack, offset, length) -> foreign.open(repository, pack, new ByteRange(offset, length))
                : ownPacks();
    }

    /** Every pack there is. */
    PackSource ownPacks() {
        return (pack, offset, length) -> own.blobs().open(pack, new ByteRange(offset, length));
    }
}
