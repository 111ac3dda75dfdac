package io.dvcr.storage.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PaceTest {
    private static final long BYTES_PER_SECOND = 1_000_000;

    /** Goes on only while a reader waits, or a test says so. */
    private final AtomicLong nanos = new AtomicLong(123);

    private final Pace pace = new Pace(BYTES_PER_SECOND, nanos::get, duration -> nanos.addAndGet(duration.toNanos()));

    @Test
    void many_bytes_take_their_time() throws IOException {
        long before = nanos.get();
        for (int i = 0; i < 1000; i++) {
            pace.read(100_000);
        }
        assertThat(Duration.ofNanos(nanos.get() - before)).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void a_few_bytes_are_not_waited_for_one_by_one() throws IOException {
        long before = nanos.get();
        for (int i = 0; i < 9; i++) {
            pace.read(1000);
        }
        assertThat(nanos.get()).isEqualTo(before);

        pace.read(1000);
        assertThat(Duration.ofNanos(nanos.get() - before)).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void a_slow_time_is_not_made_up_for() throws IOException {
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        long before = nanos.get();
        pace.read(BYTES_PER_SECOND);

        assertThat(Duration.ofNanos(nanos.get() - before)).isEqualTo(Duration.ofSeconds(1));
    }
}
