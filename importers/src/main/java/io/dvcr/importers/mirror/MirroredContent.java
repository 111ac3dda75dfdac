package io.dvcr.importers.mirror;

import io.dvcr.importers.image.ForeignContent;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.object.ByteRange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The repositories of all mirrored registries, for who reads images. Thread-safe. */
public record MirroredContent(Mirrors mirrors) implements ForeignContent {

    @Override
    public boolean has(RepositoryName repository) {
        return mirrors.find(repository).isPresent();
    }

    @Override
    public StoredManifest manifest(RepositoryName repository, Reference reference) throws IOException {
        return mirror(repository).manifest(repository, reference).manifest();
    }

    @Override
    public InputStream open(RepositoryName repository, Digest digest, ByteRange range) throws IOException {
        Mirror mirror = mirror(repository);
        MirroredBlob blob = mirror.blob(repository, digest);
        try {
            mirror.await(blob, range);
            return new Released(blob.open(range), blob);
        } catch (IOException | RuntimeException e) {
            blob.close();
            throw e;
        }
    }

    private Mirror mirror(RepositoryName repository) {
        return mirrors.find(repository)
                .orElseThrow(() -> new IllegalArgumentException(repository + " is not mirrored"));
    }

    /** Lets go of its blob when it is closed. */
    private static final class Released extends FilterInputStream {
        private final MirroredBlob blob;

        Released(InputStream in, MirroredBlob blob) {
            super(in);
            this.blob = blob;
        }

        @Override
        public void close() throws IOException {
            try (blob) {
                in.close();
            }
        }
    }
}
