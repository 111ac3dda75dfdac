package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.job.ImportProgress.Step;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ToldProgressTest {
    private static final long TOTAL = 9900;
    private static final long SECOND = 1_000_000_000;

    private final ToldProgress told = new ToldProgress(ImportProgress.NONE);

    private ImportProgress at(double second, Step step, long received) {
        double reached = (double) received / TOTAL * 99;
        ImportProgress progress = new ImportProgress(received, OptionalLong.of(TOTAL), (int) reached, step);
        return told.tell(new ProgressMeter.Reading(progress, reached), (long) (second * SECOND));
    }

    @Test
    void nothing_is_said_of_the_speed_before_a_second_was_seen() {
        at(0, Step.RECEIVING, 0);
        assertThat(at(0.9, Step.RECEIVING, 900).bytesPerSecond()).isEmpty();
        assertThat(at(1, Step.RECEIVING, 1000).bytesPerSecond()).hasValue(1000);
    }

    @Test
    void the_rest_takes_as_long_as_it_does_at_the_speed_of_the_last_seconds() {
        at(0, Step.RECEIVING, 0);
        at(1, Step.RECEIVING, 900);
        for (int second = 2; second <= 12; second++) {
            at(second, Step.RECEIVING, 900 + 300L * (second - 1));
        }
        ImportProgress now = at(13, Step.RECEIVING, 4500);
        assertThat(now.bytesPerSecond()).hasValue(300);
        assertThat(now.remaining()).contains(Duration.ofSeconds(18));
    }

    @Test
    void a_source_that_stalls_has_a_speed_of_nothing_and_no_end() {
        at(0, Step.RECEIVING, 700);
        ImportProgress now = at(5, Step.RECEIVING, 700);
        assertThat(now.bytesPerSecond()).hasValue(0);
        assertThat(now.remaining()).isEmpty();
    }

    @Test
    void what_is_converted_has_no_speed_of_its_source_but_an_end() {
        at(0, Step.RECEIVING, 0);
        ImportProgress now = at(2, Step.CONVERTING, 4950);
        assertThat(now.bytesPerSecond()).isEmpty();
        assertThat(now.remaining()).contains(Duration.ofSeconds(2));
        assertThat(at(4, Step.PUBLISHING, 9900).remaining()).isEmpty();
    }

    @Test
    void a_job_that_begins_again_is_told_to_be_where_it_was_until_it_is_further() {
        ToldProgress again = new ToldProgress(new ImportProgress(6000, OptionalLong.of(TOTAL), 60, Step.CONNECTING));
        ImportProgress unknown = new ImportProgress(0, OptionalLong.empty(), 0, Step.CONNECTING);
        ImportProgress first = again.tell(new ProgressMeter.Reading(unknown, 0), 0);
        assertThat(first).isEqualTo(new ImportProgress(6000, OptionalLong.of(TOTAL), 60, Step.CONNECTING));

        ImportProgress behind = new ImportProgress(3300, OptionalLong.of(TOTAL), 33, Step.RECEIVING);
        ImportProgress second = again.tell(new ProgressMeter.Reading(behind, 33), SECOND);
        assertThat(second.percent()).isEqualTo(60);
        assertThat(second.bytesReceived()).isEqualTo(6000);
        assertThat(second.bytesPerSecond()).hasValue(3300);
        assertThat(second.remaining()).contains(Duration.ofSeconds(2));

        ImportProgress further = new ImportProgress(6600, OptionalLong.of(TOTAL), 66, Step.RECEIVING);
        assertThat(again.tell(new ProgressMeter.Reading(further, 66), 2 * SECOND)
                        .percent())
                .isEqualTo(66);
    }

    @Test
    void a_run_that_begins_anew_counts_its_speed_anew() {
        at(0, Step.RECEIVING, 0);
        at(2, Step.RECEIVING, 8000);
        assertThat(at(3, Step.RECEIVING, 0).bytesReceived()).isEqualTo(8000);
        assertThat(at(5, Step.RECEIVING, 200).bytesPerSecond()).hasValue(100);
    }
}
