package io.dvcr.storage.content;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.FileSystemStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

/** Tests over an empty registry on a real file system. */
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class ContentTest {
    static final RepositoryName VMS = new RepositoryName("vms/debian");

    /** Of which nothing is required but to be JSON. */
    static final String OF_NO_KNOWN_TYPE = "application/vnd.example.manifest.v1+json";

    @TempDir
    Path directory;

    FileSystemStore store;
    ContentStore content;

    @BeforeEach
    void open() throws IOException {
        store = FileSystemStore.open(directory);
        content = ContentStore.over(store, Clock.systemUTC());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    final ManifestNeeds needs() {
        return new ManifestNeeds(store, content.blobs(), content.manifests());
    }
}
