package io.dvcr.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportViewTest {

    private static ImportView view(String json) throws JsonProcessingException {
        return new ImportView(new ObjectMapper().readTree(json.replace('\'', '"')));
    }

    @Test
    void of_one_that_runs_it_tells_how_fast_and_how_long() throws JsonProcessingException {
        ImportView view =
                view("{'phase':'Running','progress':{'bytesReceived':1048576,'bytesTotal':4194304,'percent':25,"
                        + "'step':'Receiving','bytesPerSecond':524288,'remainingSeconds':6}}");
        assertThat(view.progress()).isEqualTo("Receiving  1.0 MiB of 4.0 MiB  512.0 KiB/s  6 s left");
        assertThat(view.phase()).isEqualTo("Running");
        assertThat(view.hasEnded()).isFalse();
    }

    @Test
    void what_is_not_known_is_left_out() throws JsonProcessingException {
        assertThat(view("{'phase':'Running','progress':{'bytesReceived':0,'percent':0,'step':'Connecting'}}")
                        .progress())
                .isEqualTo("Connecting  0 B");
    }

    @ParameterizedTest
    @CsvSource({"1, 'Waiting for its turn, which is next'", "4, 'Waiting for its turn after 3'"})
    void of_one_that_waits_it_tells_its_place(int position, String text) throws JsonProcessingException {
        ImportView view = view("{'phase':'Pending','queuePosition':" + position + "}");
        assertThat(view.progress()).isEqualTo(text);
        assertThat(view.phase()).isEqualTo("Pending (" + position + ")");
    }

    @ParameterizedTest
    @CsvSource({"1, 1 s left", "99, 99 s left", "100, 2 min left", "5940, 99 min left", "6000, 1 h 40 min left"})
    void time_is_told_in_what_people_count_in(long seconds, String text) throws JsonProcessingException {
        assertThat(view("{'progress':{'remainingSeconds':" + seconds + "}}").left())
                .isEqualTo(text);
    }
}
