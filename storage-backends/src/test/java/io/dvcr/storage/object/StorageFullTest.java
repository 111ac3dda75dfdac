package io.dvcr.storage.object;

import static io.dvcr.storage.object.ObjectStoreContract.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.object.ObjectStore.Appender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose file system is as full as a test says. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class StorageFullTest {
    private static final int RESERVE = 100_000;
    private static final ObjectKey KEY = new ObjectKey("some/where/object");
    private static final ByteBuffer DATA = ByteBuffer.allocate(10_000);

    @TempDir
    private Path directory;

    private final AtomicLong free = new AtomicLong(1_000_000);
    private FileSystemStore store;

    @BeforeEach
    void open() throws IOException {
        store = FileSystemStore.open(directory, new SpaceReserve(free::get, RESERVE));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void data_does_not_touch_the_reserve_and_leaves_nothing() throws IOException {
        free.set(RESERVE + 5_000);

        assertThatThrownBy(() -> store.put(KEY, DATA)).isInstanceOf(StorageFullException.class);
        assertThatThrownBy(() -> store.putIfAbsent(KEY, DATA)).isInstanceOf(StorageFullException.class);
        assertThat(files()).containsExactly(".lock");
    }

    @Test
    void records_use_half_of_the_reserve() throws IOException {
        free.set(RESERVE - 5_000);
        store.put(KEY, bytes("a record"));

        free.set(RESERVE / 2);
        assertThatThrownBy(() -> store.put(KEY, bytes("another"))).isInstanceOf(StorageFullException.class);
        assertThat(read()).isEqualTo("a record");
    }

    @Test
    void what_is_stored_can_be_read_moved_copied_and_deleted_on_a_full_disk() throws IOException {
        store.put(KEY, bytes("hello"));
        ObjectKey moved = new ObjectKey("else/where");
        free.set(0);
        assertThat(read()).isEqualTo("hello");

        store.move(KEY, moved);
        assertThat(store.copyIfAbsent(moved, KEY)).isTrue();
        assertThat(store.delete(moved)).isTrue();
        assertThat(read()).isEqualTo("hello");
    }

    @Test
    void an_object_that_grows_keeps_what_it_has_and_goes_on_when_there_is_space() throws IOException {
        try (Appender appender = store.append(KEY)) {
            appender.append(bytes("hello"));
            free.set(RESERVE);
            assertThatThrownBy(() -> appender.append(bytes(", lost"))).isInstanceOf(StorageFullException.class);
            appender.flush();
            assertThat(appender.length()).isEqualTo(5);
        }
        free.set(RESERVE + 1000);
        try (Appender appender = store.append(KEY)) {
            appender.append(bytes(", world"));
            appender.flush();
        }
        assertThat(read()).isEqualTo("hello, world");
    }

    @Test
    void the_words_of_the_system_are_understood_wherever_they_stand() {
        IOException spool = new FileSystemException("/scratch/x", null, "No space left on device");
        assertThat(StorageFullException.isBehind(spool)).isTrue();
        assertThat(StorageFullException.isBehind(new ExecutionException(new IOException("wrapped", spool))))
                .isTrue();
        assertThat(StorageFullException.isBehind(new IOException("qemu-img: error: Disk quota exceeded")))
                .isTrue();
        assertThat(StorageFullException.isBehind(new IOException("Input/output error")))
                .isFalse();
        assertThat(StorageFullException.isBehind(new IllegalStateException())).isFalse();
    }

    private String read() throws IOException {
        try (InputStream in = store.read(KEY, ByteRange.all(1000))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .toList();
        }
    }
}
