package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Blobs that a repository is given one by one until the manifest that names them is there. Closing takes back those that
 * it did not have before, unless they are to be kept, so that what came to nothing takes no room of its quota. Used by
 * one thread at a time.
 */
public final class BlobDraft implements AutoCloseable {
    private final BlobStore blobs;
    private final RepositoryName repository;
    private final List<Digest> given = new ArrayList<>();
    private boolean kept;

    BlobDraft(BlobStore blobs, RepositoryName repository) {
        this.blobs = blobs;
        this.repository = repository;
    }

    /** As {@link BlobStore#put}. */
    public void put(Digest digest, ByteBuffer content) throws IOException {
        if (blobs.put(repository, digest, content)) {
            given.add(digest);
        }
    }

    /** A manifest names the blobs now. */
    public void keep() {
        kept = true;
    }

    @Override
    public void close() throws IOException {
        if (!kept) {
            for (Digest digest : given) {
                blobs.setAside(repository, digest);
            }
        }
    }
}
