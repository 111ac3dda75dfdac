package io.dvcr.storage.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.object.ObjectStore.Appender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What every object store promises. */
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class ObjectStoreContract {
    private static final ObjectKey KEY = new ObjectKey("some/where/object");

    protected abstract ObjectStore store();

    /** Longer than the store's times are exact. */
    protected Duration tick() {
        return Duration.ofMillis(20);
    }

    /** How often each of many clients does the same. */
    protected int rounds() {
        return 200;
    }

    @Test
    void what_was_put_can_be_read() throws IOException {
        store().put(KEY, bytes("hello"));

        assertThat(read(KEY)).isEqualTo("hello");
        assertThat(store().head(KEY)).map(ObjectInfo::size).contains(5L);
    }

    @Test
    void an_object_may_be_empty() throws IOException {
        store().put(KEY, bytes(""));

        assertThat(read(KEY)).isEmpty();
        assertThat(store().head(KEY)).map(ObjectInfo::size).contains(0L);
    }

    @Test
    void a_put_replaces_what_is_there() throws IOException {
        store().put(KEY, bytes("old and long"));
        store().put(KEY, bytes("new"));

        assertThat(read(KEY)).isEqualTo("new");
    }

    @Test
    void a_put_leaves_the_callers_buffer_as_it_was() throws IOException {
        ByteBuffer content = bytes("hello");
        store().put(KEY, content);

        assertThat(content.remaining()).isEqualTo(5);
    }

    @Test
    void put_if_absent_keeps_what_is_there() throws IOException {
        assertThat(store().putIfAbsent(KEY, bytes("first"))).isTrue();
        assertThat(store().putIfAbsent(KEY, bytes("second"))).isFalse();

        assertThat(read(KEY)).isEqualTo("first");
    }

    @Test
    void of_many_puts_if_absent_at_once_one_wins() throws Exception {
        List<Callable<Boolean>> racers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            ByteBuffer content = bytes("racer " + i);
            racers.add(() -> store().putIfAbsent(KEY, content));
        }
        int winners = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> outcome : threads.invokeAll(racers)) {
                winners += outcome.get() ? 1 : 0;
            }
        }
        assertThat(winners).isEqualTo(1);
    }

    @Test
    void a_range_is_read_alone_and_ends_with_the_object() throws IOException {
        store().put(KEY, bytes("0123456789"));

        assertThat(read(KEY, new ByteRange(3, 4))).isEqualTo("3456");
        assertThat(read(KEY, new ByteRange(8, 100))).isEqualTo("89");
        assertThat(read(KEY, new ByteRange(10, 1))).isEmpty();
        assertThat(read(KEY, new ByteRange(5, 0))).isEmpty();
    }

    @Test
    void what_is_not_there_cannot_be_read() throws IOException {
        assertThat(store().head(KEY)).isEmpty();
        assertThatThrownBy(() -> store().read(KEY, new ByteRange(0, 1))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_deleted_object_is_gone_and_deleting_again_says_so() throws IOException {
        store().put(KEY, bytes("hello"));

        assertThat(store().delete(KEY)).isTrue();
        assertThat(store().delete(KEY)).isFalse();
        store().discard(KEY);
        assertThat(store().head(KEY)).isEmpty();
    }

    @Test
    void who_reads_an_object_goes_on_when_it_is_deleted() throws IOException {
        store().put(KEY, bytes("hello"));
        try (InputStream in = store().read(KEY, ByteRange.all(5))) {
            store().delete(KEY);
            assertThat(in.readAllBytes()).isEqualTo("hello".getBytes(UTF_8));
        }
    }

    @Test
    void an_object_that_is_a_file_can_be_opened_as_one_and_read_when_it_is_deleted() throws IOException {
        store().put(KEY, bytes("hello"));
        Optional<FileChannel> opened = store().openFile(KEY);
        store().delete(KEY);
        if (opened.isPresent()) {
            try (FileChannel file = opened.get()) {
                ByteBuffer content = ByteBuffer.allocate(5);
                file.read(content);
                assertThat(content.flip()).isEqualTo(bytes("hello"));
            }
            assertThatThrownBy(() -> store().openFile(KEY)).isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void a_moved_object_has_its_new_name_only() throws IOException {
        ObjectKey target = new ObjectKey("else/where");
        store().put(KEY, bytes("hello"));
        store().put(target, bytes("replaced"));
        store().move(KEY, target);

        assertThat(store().head(KEY)).isEmpty();
        assertThat(read(target)).isEqualTo("hello");
        assertThatThrownBy(() -> store().move(KEY, target)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_moved_or_copied_object_counts_as_written_now() throws Exception {
        store().put(KEY, bytes("hello"));
        Instant written = store().head(KEY).orElseThrow().modified();
        Thread.sleep(tick());
        ObjectKey moved = new ObjectKey("moved");
        store().move(KEY, moved);
        assertThat(store().head(moved).orElseThrow().modified()).isAfter(written);
    }

    @Test
    void a_copy_outlives_its_original_and_replaces_nothing() throws IOException {
        ObjectKey copy = new ObjectKey("copy");
        assertThat(store().copyIfAbsent(KEY, copy)).isFalse();
        store().put(KEY, bytes("hello"));
        assertThat(store().copyIfAbsent(KEY, copy)).isTrue();
        store().put(KEY, bytes("changed"));
        assertThat(store().copyIfAbsent(KEY, copy)).isTrue();
        store().delete(KEY);

        assertThat(read(copy)).isEqualTo("hello");
        assertThat(store().copyIfAbsent(KEY, copy)).isTrue();
    }

    @Test
    void keys_mean_what_they_say_percent_signs_too() throws IOException {
        ObjectKey escaped = new ObjectKey("catalog/a%2Fb");
        ObjectKey moved = new ObjectKey("catalog/a%252Fb");
        store().put(escaped, bytes("hello"));
        assertThat(list("catalog/", Optional.empty(), 10)).containsExactly("catalog/a%2Fb");
        assertThat(store().copyIfAbsent(escaped, new ObjectKey("catalog/b%2Fb")))
                .isTrue();
        store().move(escaped, moved);

        assertThat(list("catalog/", Optional.of("catalog/a"), 10)).containsExactly("catalog/a%252Fb", "catalog/b%2Fb");
        assertThat(read(moved)).isEqualTo("hello");
        assertThat(store().head(escaped)).isEmpty();
    }

    @Test
    void a_listing_is_in_the_order_of_the_keys_and_goes_on_behind_a_key() throws IOException {
        for (String key : List.of("l/b/x", "l/a", "l/b-c", "l/b.d", "l/c", "m/a", "l/B", "l/b/y/z")) {
            store().put(new ObjectKey(key), bytes(key));
        }
        assertThat(list("l/", Optional.empty(), 100))
                .containsExactly("l/B", "l/a", "l/b-c", "l/b.d", "l/b/x", "l/b/y/z", "l/c");
        assertThat(list("l/", Optional.empty(), 2)).containsExactly("l/B", "l/a");
        assertThat(list("l/", Optional.of("l/a"), 2)).containsExactly("l/b-c", "l/b.d");
        assertThat(list("l/", Optional.of("l/b/x"), 100)).containsExactly("l/b/y/z", "l/c");
        assertThat(list("l/", Optional.of("l/bb"), 100)).containsExactly("l/c");
        assertThat(list("l/b/", Optional.empty(), 100)).containsExactly("l/b/x", "l/b/y/z");
        assertThat(list("nothing/", Optional.empty(), 100)).isEmpty();
    }

    @Test
    void an_appended_object_grows_and_can_be_gone_on_with() throws IOException {
        try (Appender appender = store().append(KEY)) {
            appender.append(bytes("hello"));
            appender.flush();
            assertThat(appender.length()).isEqualTo(5);
        }
        try (Appender appender = store().append(KEY)) {
            assertThat(appender.length()).isEqualTo(5);
            appender.append(bytes(", world"));
            appender.flush();
        }
        assertThat(read(KEY)).isEqualTo("hello, world");
    }

    @Test
    void objects_come_and_go_in_one_place_without_hindering_each_other() throws Exception {
        List<Callable<Boolean>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ObjectKey own = new ObjectKey("shared/place/" + i);
            clients.add(() -> {
                for (int round = 0; round < rounds(); round++) {
                    store().put(own, bytes("x"));
                    store().delete(own);
                }
                return store().head(own).isEmpty();
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> outcome : threads.invokeAll(clients)) {
                assertThat(outcome.get()).isTrue();
            }
        }
    }

    private List<String> list(String prefix, Optional<String> after, int limit) throws IOException {
        return store().list(prefix, after, limit).stream()
                .map(info -> info.key().value())
                .toList();
    }

    private String read(ObjectKey key) throws IOException {
        return read(key, ByteRange.all(1000));
    }

    private String read(ObjectKey key, ByteRange range) throws IOException {
        try (InputStream in = store().read(key, range)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    protected static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
