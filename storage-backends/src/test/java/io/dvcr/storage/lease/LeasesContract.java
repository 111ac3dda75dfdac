package io.dvcr.storage.lease;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every kind of lease promises to the threads of one server. */
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class LeasesContract {
    static final String NAME = "imports/cafe";
    static final ObjectKey RESULT = new ObjectKey("results/one");

    @TempDir
    Path directory;

    FileSystemStore store;

    @BeforeEach
    void open() throws IOException {
        store = FileSystemStore.open(directory);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    abstract Leases leases() throws IOException;

    static ByteBuffer bytes(String text) {
        return UTF_8.encode(text);
    }

    String stored(ObjectKey key) throws IOException {
        try (InputStream in = store.read(key, ByteRange.all(1000))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void a_lease_has_one_holder_until_it_is_closed() throws IOException {
        Leases leases = leases();
        Lease lease = leases.tryTake(NAME).orElseThrow();
        assertThat(leases.tryTake(NAME)).isEmpty();
        assertThat(leases.tryTake("imports/beef")).isPresent();

        lease.close();
        assertThat(leases.tryTake(NAME)).isPresent();
    }

    @Test
    void every_holder_has_a_greater_number() throws IOException {
        Leases leases = leases();
        long last = 0;
        for (int i = 0; i < 12; i++) {
            try (Lease lease = leases.tryTake(NAME).orElseThrow()) {
                assertThat(lease.epoch()).isGreaterThan(last);
                last = lease.epoch();
            }
        }
    }

    @Test
    void a_holder_stores_under_its_lease() throws IOException {
        try (Lease lease = leases().tryTake(NAME).orElseThrow()) {
            lease.put(RESULT, bytes("first"));
            lease.put(RESULT, bytes("second"));
            lease.putUnlessTaken(RESULT, bytes("third"));
            lease.putUnlessTaken(new ObjectKey("results/two"), bytes("fourth"));
        }
        assertThat(stored(RESULT)).isEqualTo("second");
        assertThat(stored(new ObjectKey("results/two"))).isEqualTo("fourth");
    }

    @Test
    void who_has_given_it_back_can_store_nothing_under_it() throws IOException {
        Lease lease = leases().tryTake(NAME).orElseThrow();
        lease.close();
        lease.close(); // once more does no harm
        assertThat(lease.isHeld()).isFalse();
        assertThatThrownBy(() -> lease.put(RESULT, bytes("late"))).isInstanceOf(LeaseLostException.class);
        assertThat(store.head(RESULT)).isEmpty();
    }

    @Test
    void who_waits_gets_it_when_it_is_given_back() throws Exception {
        Leases leases = leases();
        Lease lease = leases.tryTake(NAME).orElseThrow();
        assertThat(leases.take(NAME, Duration.ofMillis(1))).isEmpty();

        Thread closing = Thread.ofVirtual().start(() -> {
            try {
                lease.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(leases.take(NAME, Duration.ofSeconds(20))).isPresent();
        closing.join();
    }
}
