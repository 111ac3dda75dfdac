package io.dvcr.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemStoreTest extends ObjectStoreContract {
    @TempDir
    private Path directory;

    private FileSystemStore store;

    @BeforeEach
    void open() throws IOException {
        store = FileSystemStore.open(directory);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void a_directory_has_one_owner_at_a_time() throws IOException {
        assertThatThrownBy(() -> FileSystemStore.open(directory)).hasMessageContaining("another process uses");
    }

    @Test
    void what_a_crash_left_half_written_is_removed_at_the_start() throws IOException {
        store.close();
        Path leftover = Files.writeString(directory.resolve(".tmp/half"), "half");
        store = FileSystemStore.open(directory);

        assertThat(leftover).doesNotExist();
    }

    @Test
    void a_deleted_object_leaves_no_directory_of_its_own() throws IOException {
        ObjectKey key = new ObjectKey("uploads/some/data");
        store.put(key, bytes("x"));
        store.delete(key);

        assertThat(directory.resolve("uploads/some")).doesNotExist();
    }
}
