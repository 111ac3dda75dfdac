package io.dvcr.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObservedStoreTest extends ObjectStoreContract {
    private static final ObjectKey KEY = new ObjectKey("a/b");

    @TempDir
    private Path directory;

    private final List<String> seen = new ArrayList<>();
    private FileSystemStore files;
    private ObservedStore store;

    @BeforeEach
    void open() throws IOException {
        files = FileSystemStore.open(directory);
        store = new ObservedStore(files, action -> failed -> tell(action + (failed ? " failed" : " done")));
    }

    /** The contract has threads of its own. */
    private synchronized void tell(String what) {
        seen.add(what);
    }

    @AfterEach
    void close() throws IOException {
        files.close();
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void the_observer_is_told_of_every_action() throws IOException {
        store.put(KEY, bytes("x"));
        store.head(KEY);
        store.delete(KEY);

        assertThat(seen).containsExactly("PUT done", "HEAD done", "DELETE done");
    }

    @Test
    void that_there_is_no_object_is_no_failure() {
        assertThatThrownBy(() -> store.read(KEY, ByteRange.all(1)).close()).isInstanceOf(NoSuchFileException.class);

        assertThat(seen).containsExactly("READ done");
    }

    @Test
    void the_store_s_own_fault_is_a_failure() throws IOException {
        Files.writeString(directory.resolve("a"), "in the way of a/b");

        assertThatThrownBy(() -> store.put(KEY, bytes("x"))).isInstanceOf(IOException.class);

        assertThat(seen).containsExactly("PUT failed");
    }

    @Test
    void the_outer_of_two_observers_begins_first_and_ends_last() {
        StoreObserver both = StoreObserver.both(
                action -> telling("outer", action.name()), action -> telling("inner", action.name()));

        both.begin(StoreObserver.Action.LIST).end(false);

        assertThat(seen).containsExactly("outer LIST", "inner LIST", "inner ends", "outer ends");
    }

    private StoreObserver.Ending telling(String who, String action) {
        seen.add(who + " " + action);
        return _ -> seen.add(who + " ends");
    }
}
