package io.dvcr.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.ObjectStore.Appender;
import io.dvcr.storage.object.ObjectStoreContract;
import io.dvcr.storage.object.OvertakenException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store in a bucket promises beyond what every store does, whichever server it is. */
abstract class S3StoreContract extends ObjectStoreContract {
    private static final int PART = S3Sizes.MIN_PART_BYTES;
    private static final ObjectKey GROWING = new ObjectKey("uploads/one/data");
    private static final ObjectKey BLOB = new ObjectKey("blobs/one");

    private final S3Settings settings;
    private S3Store store;
    private S3Store other;

    S3StoreContract(S3Endpoint endpoint) throws IOException {
        this.settings = endpoint.anywhere();
        this.store = S3Store.open(settings, _ -> true);
        this.other = store;
    }

    @BeforeEach
    void another_process_uses_the_same_bucket() throws IOException {
        other = S3Store.open(settings, _ -> true);
    }

    @AfterEach
    void close() {
        store.close();
        other.close();
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Override
    protected Duration tick() {
        return Duration.ofMillis(1100); // HTTP tells times in seconds
    }

    @Override
    protected int rounds() {
        return 10; // a server is asked thrice in each
    }

    @Test
    void an_object_of_many_parts_becomes_what_was_appended() throws IOException {
        byte[] content = random(7 * PART + 12_345); // more than one segment holds
        try (Appender appender = store.append(GROWING)) {
            for (int position = 0; position < content.length; position += 1_000_003) {
                appender.append(ByteBuffer.wrap(content, position, Math.min(1_000_003, content.length - position)));
            }
            appender.flush();
        }
        store.move(GROWING, BLOB);

        assertThat(content(store, BLOB)).isEqualTo(content);
        assertThat(store.head(GROWING)).isEmpty();
        assertNothingIsLeftOfWhatGrew();
    }

    @Test
    void one_process_goes_on_where_another_stopped() throws IOException {
        byte[] content = random(2 * PART + 100);
        appendAndFlush(store, content, 0, PART + 10);
        appendAndFlush(other, content, PART + 10, PART + 20);
        appendAndFlush(store, content, PART + 20, content.length);
        assertThat(other.head(GROWING)).map(ObjectInfo::size).contains((long) content.length);
        other.move(GROWING, BLOB);

        assertThat(content(store, BLOB)).isEqualTo(content);
        assertThat(store.head(GROWING)).isEmpty();
    }

    @Test
    void what_was_flushed_is_read_back_by_another_process_and_the_rest_is_appended() throws IOException {
        byte[] content = random(3 * PART);
        appendAndFlush(store, content, 0, PART + 7);

        assertThat(content(other, GROWING)).isEqualTo(Arrays.copyOf(content, PART + 7));
        try (InputStream in = other.read(GROWING, new ByteRange(PART - 2, 5))) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, PART - 2, PART + 3));
        }
        appendAndFlush(other, content, PART + 7, content.length);
        store.move(GROWING, BLOB);
        assertThat(content(other, BLOB)).isEqualTo(content);
    }

    @Test
    void a_writer_that_was_overtaken_is_told_so_before_anything_it_wrote_counts() throws IOException {
        byte[] content = random(PART + 10);
        Appender stale = store.append(GROWING);
        stale.append(ByteBuffer.wrap(content, 0, PART + 5));
        stale.flush();
        try (Appender taken = other.append(GROWING)) {
            assertThatThrownBy(() -> {
                        stale.append(ByteBuffer.wrap(random(PART)));
                        stale.flush();
                    })
                    .isInstanceOf(OvertakenException.class);
            taken.append(ByteBuffer.wrap(content, PART + 5, 5));
            taken.flush();
        }
        stale.close();
        other.move(GROWING, BLOB);

        assertThat(content(store, BLOB)).isEqualTo(content);
    }

    @Test
    void a_writer_that_was_overtaken_cannot_write_to_what_ended_or_was_begun_anew() throws IOException {
        Appender stale = store.append(GROWING);
        stale.append(bytes("old"));
        stale.flush();
        stale.append(bytes(" and late"));
        appendAndFlush(other, "more".getBytes(UTF_8), 0, 4);
        assertThat(other.delete(GROWING)).isTrue();

        assertThatThrownBy(stale::flush).isInstanceOf(IOException.class);
        assertThat(other.head(GROWING)).isEmpty();
        appendAndFlush(other, "new".getBytes(UTF_8), 0, 3);
        assertThatThrownBy(stale::flush).isInstanceOf(IOException.class);
        assertThat(content(other, GROWING)).asString().isEqualTo("new");
    }

    @Test
    void an_object_goes_on_in_smaller_parts_than_it_was_begun_in() throws IOException {
        byte[] content = random(3 * PART);
        S3Sizes larger = new S3Sizes(2 * PART, 2, 6L * PART, 6L * PART);
        try (S3Store before = S3Store.open(
                        new S3Settings(
                                settings.bucket(),
                                settings.prefix(),
                                settings.server(),
                                settings.patience(),
                                larger,
                                settings.links()),
                        _ -> true);
                Appender appender = before.append(GROWING)) {
            appender.append(ByteBuffer.wrap(content, 0, PART + 1000));
            appender.flush();
        }
        appendAndFlush(store, content, PART + 1000, content.length);
        store.move(GROWING, BLOB);

        assertThat(content(store, BLOB)).isEqualTo(content);
    }

    @Test
    void what_was_not_flushed_does_not_count_for_another_process() throws IOException {
        byte[] content = random(2 * PART);
        Appender appender = store.append(GROWING);
        appender.append(ByteBuffer.wrap(content, 0, 10));
        appender.flush();
        appender.append(ByteBuffer.wrap(content, 10, PART)); // and this process is killed

        try (Appender next = other.append(GROWING)) {
            assertThat(next.length()).isEqualTo(10);
            next.append(ByteBuffer.wrap(content, 10, content.length - 10));
            next.flush();
        }
        other.move(GROWING, BLOB);
        assertThat(content(other, BLOB)).isEqualTo(content);
    }

    @Test
    void the_length_that_is_told_while_a_writer_goes_on_is_not_gone_after_a_crash() throws IOException {
        Appender appender = store.append(GROWING);
        appender.append(bytes("hello"));

        assertThat(store.head(GROWING)).map(ObjectInfo::size).contains(5L);
        assertThat(other.head(GROWING)).map(ObjectInfo::size).contains(5L);
        appender.close();
    }

    @Test
    void an_object_larger_than_a_copy_may_be_is_moved_in_parts() throws IOException {
        byte[] content = random(4 * PART);
        store.put(new ObjectKey("large"), ByteBuffer.wrap(content));
        store.move(new ObjectKey("large"), BLOB);

        assertThat(content(store, BLOB)).isEqualTo(content);
    }

    @Test
    void a_listing_has_more_pages_than_one() throws Exception {
        List<Callable<Boolean>> puts = new ArrayList<>();
        for (int i = 0; i < 1005; i++) {
            ObjectKey key = new ObjectKey("many/%04d".formatted(i));
            puts.add(() -> store.putIfAbsent(key, bytes("")));
        }
        try (ExecutorService threads =
                Executors.newFixedThreadPool(16, Thread.ofVirtual().factory())) {
            threads.invokeAll(puts);
        }
        assertThat(store.list("many/", Optional.empty(), 2000)).hasSize(1005);
    }

    private void appendAndFlush(S3Store by, byte[] content, int from, int to) throws IOException {
        try (Appender appender = by.append(GROWING)) {
            appender.append(ByteBuffer.wrap(content, from, to - from));
            appender.flush();
        }
    }

    private static byte[] content(S3Store store, ObjectKey key) throws IOException {
        try (InputStream in = store.read(key, ByteRange.all(1L << 30))) {
            return in.readAllBytes();
        }
    }

    @Test
    void what_killed_and_overtaken_writers_leave_is_removed_but_nothing_that_is_wanted() throws IOException {
        ObjectKey unwanted = new ObjectKey("uploads/two/data");
        byte[] content = random(PART + 1);
        store.append(GROWING).append(ByteBuffer.wrap(content)); // killed before it flushed
        appendAndFlush(other, content, 0, content.length);
        try (Appender appender = store.append(unwanted)) {
            appender.append(ByteBuffer.wrap(content));
            appender.flush();
        }
        assertThat(store.removeLeftovers(Instant.now().minusSeconds(3600), _ -> false))
                .isZero();
        int counted;
        try (S3Store looking = S3Store.openToRead(settings)) {
            counted = looking.countLeftovers(Instant.now().plusSeconds(3600), GROWING::equals);
        }
        assertThat(store.removeLeftovers(Instant.now().plusSeconds(3600), GROWING::equals))
                .isPositive()
                .isEqualTo(counted);

        assertThat(store.head(unwanted)).isEmpty();
        assertThat(content(other, GROWING)).isEqualTo(content);
        other.delete(GROWING);
        store.removeLeftovers(Instant.now().plusSeconds(3600), _ -> false);
        assertNothingIsLeftOfWhatGrew();
    }

    @Test
    void who_has_a_link_reads_the_object_from_the_server_itself() throws Exception {
        store.put(BLOB, bytes("hello"));
        URI link = store.linkTo(BLOB).orElseThrow();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo("hello");
        }
    }

    private void assertNothingIsLeftOfWhatGrew() throws IOException {
        try (S3Clients clients = S3Clients.of(settings.server(), settings.patience(), settings.links())) {
            List<StoredObject> left =
                    new Bucket(settings.bucket(), clients).list(settings.prefix() + GrowthLog.GROWING, "", 10);
            assertThat(left).isEmpty();
            assertThat(new Bucket(settings.bucket(), clients).uploads(settings.prefix()))
                    .isEmpty();
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
