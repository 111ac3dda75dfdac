package io.dvcr.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.GarbageSettings;
import io.dvcr.storage.content.Retention;
import io.dvcr.storage.content.Upload;
import io.dvcr.storage.content.UploadSettings;
import io.dvcr.storage.lease.LocalLeases;
import io.dvcr.storage.object.FileSystemStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether it has cleaned is seen by an upload that nobody goes on with. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HousekeepingTest {
    private static final RepositoryName REPOSITORY = RepositoryName.parse("vms/debian");
    private static final UploadSettings AT_ONCE = new UploadSettings(Duration.ofNanos(1));
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may wrap around
    private final Instant began = Instant.now();
    private final Clock clock = new Clock() {
        private final long first = nanos.get();

        @Override
        public Instant instant() {
            return began.plusNanos(nanos.get() - first);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    };
    private Path done = Path.of("");
    private FileSystemStore store;
    private ContentStore content;
    private Housekeeping housekeeping;
    private double chance;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        store = FileSystemStore.open(directory);
        content = ContentStore.over(store, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1)));
        done = directory.resolve("housekeeping/done");
        housekeeping = started();
    }

    private Housekeeping started() throws IOException {
        return new Housekeeping(
                content,
                Retention.Listener.NONE,
                () -> 0,
                new Turns(store, LocalLeases.over(store), clock),
                AT_ONCE,
                new GarbageSettings(HOUR, HOUR),
                nanos::get,
                () -> chance);
    }

    @AfterEach
    void close() throws IOException {
        housekeeping.close();
        store.close();
    }

    private boolean cleans() throws IOException {
        Upload upload = content.uploads().begin(REPOSITORY, Algorithm.SHA256);
        upload.close();
        FileTime before = doneAt();
        housekeeping.look();
        if (!doneAt().equals(before)) {
            Files.setLastModifiedTime(done, FileTime.from(clock.instant())); // the store's clock is that of the test
        }
        try {
            content.uploads().resume(REPOSITORY, upload.id()).close();
            return false;
        } catch (RegistryException e) {
            return true;
        }
    }

    private FileTime doneAt() throws IOException {
        return Files.exists(done) ? Files.getLastModifiedTime(done) : FileTime.from(Instant.EPOCH);
    }

    @Test
    void a_start_is_no_reason_to_clean_before_it_is_time() throws IOException {
        assertThat(cleans()).isTrue();
        nanos.addAndGet(Duration.ofMinutes(50).toNanos());
        housekeeping.close();
        housekeeping = started();
        assertThat(cleans()).isFalse();

        nanos.addAndGet(Duration.ofMinutes(10).toNanos());
        assertThat(cleans()).isTrue();
    }

    @Test
    void after_a_long_rest_it_cleans_a_little_after_the_start() throws IOException {
        assertThat(cleans()).isTrue();
        nanos.addAndGet(Duration.ofDays(1).toNanos());
        housekeeping.close();
        chance = 0.5;
        housekeeping = started();
        assertThat(cleans()).isFalse();

        nanos.addAndGet(Duration.ofMinutes(3).toNanos());
        assertThat(cleans()).isTrue();
    }

    @Test
    void what_another_server_does_meanwhile_counts() throws IOException {
        assertThat(cleans()).isTrue();
        nanos.addAndGet(HOUR.toNanos());
        FileTime others = FileTime.from(clock.instant().minus(Duration.ofMinutes(20)));
        Files.setLastModifiedTime(done, others);
        assertThat(cleans()).isFalse();

        nanos.addAndGet(Duration.ofMinutes(39).toNanos());
        assertThat(cleans()).isFalse();
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(cleans()).isTrue();
    }

    @Test
    void it_cleans_a_new_store_and_whenever_the_interval_is_over() throws IOException {
        assertThat(cleans()).isTrue();
        assertThat(cleans()).isFalse();

        nanos.addAndGet(HOUR.toNanos() - 1);
        assertThat(cleans()).isFalse();
        nanos.incrementAndGet();
        assertThat(cleans()).isTrue();
        assertThat(cleans()).isFalse();
    }

    @Test
    void another_interval_holds_at_once() throws IOException {
        assertThat(cleans()).isTrue();
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(cleans()).isFalse();

        housekeeping.set(new GarbageSettings(Duration.ofMinutes(1), HOUR));
        assertThat(cleans()).isTrue();
    }

    @Test
    void another_time_for_uploads_holds_from_then_on() throws IOException {
        housekeeping.set(UploadSettings.DEFAULTS);
        assertThat(cleans()).isFalse();

        housekeeping.set(AT_ONCE);
        nanos.addAndGet(HOUR.toNanos());
        assertThat(cleans()).isTrue();
    }
}
