package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** What must hold of manifests of a certain kind besides what the registry itself understands. Thread-safe. */
@FunctionalInterface
public interface ManifestRule {
    /** Of no kind anything. */
    ManifestRule NONE = (_, _) -> Optional.empty();

    /** Opens what a manifest names. */
    @FunctionalInterface
    interface Blobs {
        /**
         * The caller closes the stream.
         *
         * @throws java.nio.file.NoSuchFileException if it is not there
         */
        InputStream open(Digest blob) throws IOException;
    }

    /** What is wrong with {@code manifest}; that something it names is missing need not be told. */
    Optional<String> fault(StoredManifest manifest, Blobs blobs) throws IOException;
}
