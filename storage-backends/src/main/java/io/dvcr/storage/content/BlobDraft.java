package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
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
    private final List<Hold> holds = new ArrayList<>();
    private boolean kept;

    BlobDraft(BlobStore blobs, RepositoryName repository) {
        this.blobs = blobs;
        this.repository = repository;
    }

    /** As {@link BlobStore#put(RepositoryName, Digest, ByteBuffer)}. */
    public void put(Digest digest, ByteBuffer content) throws IOException {
        if (blobs.put(repository, digest, content)) {
            given.add(digest);
        }
    }

    /**
     * Keeps {@code digests} from garbage collection until this is closed, or for a day if that is sooner. Those that are
     * there afterwards stay: so it is to be called before they are looked for.
     */
    public void hold(Collection<Digest> digests) throws IOException {
        if (!digests.isEmpty()) {
            holds.add(blobs.hold(digests));
        }
    }

    /**
     * Gives the repository a blob that {@code from} has.
     *
     * @return whether the repository has it now
     * @throws io.dvcr.storage.RegistryException with {@link io.dvcr.storage.RegistryError.QuotaExceeded} if it has no
     *     room for it
     */
    public boolean mount(RepositoryName from, Digest digest) throws IOException {
        if (blobs.find(repository, digest).isPresent()) {
            return true;
        }
        boolean mounted = blobs.mount(from, repository, digest);
        if (mounted) {
            given.add(digest);
        }
        return mounted;
    }

    /**
     * Goes on with a blob that an earlier draft was given, but did not keep.
     *
     * @return whether the repository has it still
     */
    public boolean takeUp(Digest digest) throws IOException {
        boolean there = blobs.find(repository, digest).isPresent();
        if (there) {
            given.add(digest);
        }
        return there;
    }

    /** As {@link BlobStore#put(RepositoryName, Digest, Composite)}. */
    public void put(Digest digest, Composite composite) throws IOException {
        if (blobs.put(repository, digest, composite)) {
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
        for (Hold hold : holds) {
            hold.close();
        }
    }
}
