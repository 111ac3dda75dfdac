package io.dvcr.importers.image;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InputStream;

/** Repositories that are another registry's and can be read here like our own. Thread-safe. */
public interface ForeignContent {

    /** Of a registry that has only its own. */
    ForeignContent NONE = new ForeignContent() {
        @Override
        public boolean has(RepositoryName repository) {
            return false;
        }

        @Override
        public StoredManifest manifest(RepositoryName repository, Reference reference) {
            throw new IllegalArgumentException("no repository is foreign");
        }

        @Override
        public InputStream open(RepositoryName repository, Digest blob, ByteRange range) {
            throw new IllegalArgumentException("no repository is foreign");
        }
    };

    /** Whether {@code repository}, be there one or not, would be another's. */
    boolean has(RepositoryName repository);

    /** @throws io.dvcr.storage.RegistryException if there is none, or the other registry does not give it */
    StoredManifest manifest(RepositoryName repository, Reference reference) throws IOException;

    /**
     * The bytes of {@code range}; all of a blob are verified by its digest, a part is not. The caller closes the stream.
     *
     * @throws io.dvcr.storage.RegistryException if there is no such blob, or the other registry does not give it
     */
    InputStream open(RepositoryName repository, Digest blob, ByteRange range) throws IOException;
}
