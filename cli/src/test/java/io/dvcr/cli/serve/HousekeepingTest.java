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
import io.dvcr.storage.object.FileSystemStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
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
    private FileSystemStore store;
    private ContentStore content;
    private Housekeeping housekeeping;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        store = FileSystemStore.open(directory);
        content = ContentStore.over(store, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1)));
        housekeeping = new Housekeeping(
                content,
                Retention.Listener.NONE,
                () -> 0,
                Turns.ALWAYS,
                AT_ONCE,
                new GarbageSettings(HOUR, HOUR),
                nanos::get);
    }

    @AfterEach
    void close() throws IOException {
        housekeeping.close();
        store.close();
    }

    private boolean cleans() throws IOException {
        Upload upload = content.uploads().begin(REPOSITORY, Algorithm.SHA256);
        upload.close();
        housekeeping.look();
        try {
            content.uploads().resume(REPOSITORY, upload.id()).close();
            return false;
        } catch (RegistryException e) {
            return true;
        }
    }

    @Test
    void it_cleans_at_the_start_and_whenever_the_interval_is_over() throws IOException {
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
