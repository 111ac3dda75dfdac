package io.dvcr.storage.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.object.ObjectStore.Appender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** It keeps every promise of a store; and what it remembers, nobody asks the store below again. */
class CachedObjectStoreTest extends ObjectStoreContract {
    private static final ObjectKey TAG = new ObjectKey("records/tag");
    private static final ObjectKey BLOB = new ObjectKey("blobs/blob");
    private static final int READERS = 4;
    private static final int CHANGES = 40;

    @TempDir
    private Path directory;

    private FileSystemStore below;
    private CachedObjectStore store;

    @BeforeEach
    void open() throws IOException {
        below = FileSystemStore.open(directory);
        store = CachedObjectStore.over(below, key -> !key.value().startsWith("blobs/"));
    }

    @AfterEach
    void close() throws IOException {
        below.close();
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void what_was_asked_is_remembered_for_a_moment() throws IOException {
        store.put(TAG, bytes("first"));
        assertThat(text(TAG)).isEqualTo("first");
        assertThat(store.head(TAG)).map(ObjectInfo::size).contains(5L);

        below.delete(TAG); // behind its back

        assertThat(text(TAG)).isEqualTo("first");
        assertThat(store.head(TAG)).map(ObjectInfo::size).contains(5L);
    }

    @Test
    void that_there_is_nothing_is_remembered_until_there_is() throws IOException {
        assertThat(store.head(TAG)).isEmpty();
        assertThatThrownBy(() -> text(TAG)).isInstanceOf(NoSuchFileException.class);

        store.putIfAbsent(TAG, bytes("here"));

        assertThat(store.head(TAG)).isPresent();
        assertThat(text(TAG)).isEqualTo("here");
    }

    @Test
    void every_change_through_it_is_seen_at_once() throws IOException {
        ObjectKey other = new ObjectKey("records/other");
        store.put(TAG, bytes("first"));
        assertThat(text(TAG)).isEqualTo("first");

        store.put(TAG, bytes("second"));
        assertThat(text(TAG)).isEqualTo("second");

        assertThat(store.head(other)).isEmpty();
        store.move(TAG, other);
        assertThat(store.head(TAG)).isEmpty();
        assertThat(text(other)).isEqualTo("second");

        store.copyIfAbsent(other, TAG);
        assertThat(text(TAG)).isEqualTo("second");

        store.delete(TAG);
        assertThat(store.head(TAG)).isEmpty();
    }

    @Test
    void the_bytes_of_objects_that_are_not_to_be_remembered_come_from_the_store() throws IOException {
        store.put(BLOB, bytes("before"));
        assertThat(text(BLOB)).isEqualTo("before");

        Files.writeString(directory.resolve(BLOB.value()), "after!");

        assertThat(text(BLOB)).isEqualTo("after!");
    }

    @Test
    void large_objects_are_read_from_the_store() throws IOException {
        String large = "x".repeat(5000);
        store.put(TAG, bytes(large));

        assertThat(text(TAG)).isEqualTo(large);
        assertThat(text(TAG)).isEqualTo(large);
    }

    @Test
    void a_part_of_what_is_remembered_can_be_read() throws IOException {
        store.put(TAG, bytes("hello"));

        assertThat(text(TAG, new ByteRange(1, 3))).isEqualTo("ell");
        assertThat(text(TAG, new ByteRange(4, 100))).isEqualTo("o");
        assertThat(text(TAG, new ByteRange(9, 1))).isEmpty();
    }

    @Test
    void an_object_that_grows_is_not_remembered() throws IOException {
        try (Appender appender = store.append(TAG)) {
            appender.append(bytes("one"));
            appender.flush();
            assertThat(store.head(TAG)).map(ObjectInfo::size).contains(3L);
            assertThat(text(TAG)).isEqualTo("one");

            appender.append(bytes("two"));
            appender.flush();
            assertThat(store.head(TAG)).map(ObjectInfo::size).contains(6L);
            assertThat(text(TAG)).isEqualTo("onetwo");
        }
        assertThat(store.head(TAG)).map(ObjectInfo::size).contains(6L);
    }

    @Test
    void who_reads_after_a_change_never_sees_what_was_before() throws Exception {
        AtomicInteger changed = new AtomicInteger();
        store.put(TAG, bytes("0"));
        try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            List<Future<Void>> reading = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                reading.add(readers.submit(() -> {
                    int atLeast;
                    do {
                        atLeast = changed.get();
                        assertThat(Integer.parseInt(text(TAG))).isGreaterThanOrEqualTo(atLeast);
                    } while (atLeast < CHANGES);
                    return null;
                }));
            }
            for (int i = 1; i <= CHANGES; i++) {
                store.put(TAG, bytes(Integer.toString(i)));
                changed.set(i);
            }
            for (Future<Void> each : reading) {
                each.get();
            }
        }
    }

    private String text(ObjectKey key) throws IOException {
        return text(key, ByteRange.all(Integer.MAX_VALUE));
    }

    private String text(ObjectKey key, ByteRange range) throws IOException {
        try (InputStream in = store.read(key, range)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
