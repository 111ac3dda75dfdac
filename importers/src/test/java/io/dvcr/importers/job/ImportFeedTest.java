package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.job.ImportFeed.Change;
import io.dvcr.importers.job.ImportFeed.Place;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportFeedTest {
    private static final Place START = new Place(7, 0);

    private final ImportFeed feed = new ImportFeed(7);

    private static ImportJob job(String id) {
        ImportRequest request = new ImportRequest(
                new RepositoryName("vms/debian"),
                new Tag("12"),
                new HttpSource(URI.create("http://example.org/"), Optional.empty()));
        return ImportJob.pending(id, request, Instant.EPOCH, Optional.empty());
    }

    private static ImportJob running(String id, int percent) {
        return job(id).running(
                        new ImportProgress(percent, OptionalLong.of(100), percent, ImportProgress.Step.RECEIVING));
    }

    private List<ImportJob> jobs(Place place) throws InterruptedException {
        return feed.after(place, Duration.ZERO).stream().map(Change::job).toList();
    }

    @Test
    void who_is_slow_misses_states_but_never_the_last() throws InterruptedException {
        feed.publish(running("a", 1));
        feed.publish(running("b", 1));
        for (int percent = 2; percent < 90; percent++) {
            feed.publish(running("a", percent));
        }
        assertThat(jobs(START)).containsExactly(running("b", 1), running("a", 89));
        assertThat(feed.after(feed.end(), Duration.ofMillis(1))).isEmpty();
    }

    @Test
    void who_was_cut_off_goes_on_where_they_were() throws InterruptedException {
        feed.publish(running("a", 1));
        Place seen = feed.after(START, Duration.ZERO).getLast().place();
        feed.publish(running("b", 1));
        assertThat(feed.knows(Place.parse(seen.toString()).orElseThrow())).isTrue();
        assertThat(jobs(seen)).containsExactly(running("b", 1));
    }

    @Test
    void places_of_other_feeds_and_of_the_future_are_not_known() {
        feed.publish(running("a", 1));
        assertThat(feed.knows(new Place(6, 1))).isFalse();
        assertThat(feed.knows(new Place(7, 2))).isFalse();
        assertThat(feed.knows(new Place(7, 1))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1", "1-2-3", "x-1", "1-x", "99999999999999999999-1", "é"})
    void what_is_no_place_is_none(String text) {
        assertThat(Place.parse(text)).isEmpty();
    }

    @Test
    void a_job_that_has_ended_stays_so_whoever_tells_of_it_late() throws InterruptedException {
        feed.publish(running("a", 50).cancelled());
        feed.publish(running("a", 49));
        feed.publish(job("a").at(1));
        assertThat(jobs(START)).containsExactly(running("a", 50).cancelled());
    }

    @Test
    void jobs_that_ended_long_ago_are_forgotten_and_that_is_known() throws InterruptedException {
        feed.publish(running("still", 1));
        for (int i = 0; i < 1100; i++) {
            feed.publish(job("job " + i).cancelled());
        }
        assertThat(feed.knows(START)).isFalse();
        Place old = new Place(7, 50);
        assertThat(feed.knows(old)).isFalse();
        assertThat(feed.knows(new Place(7, 101))).isTrue();
        assertThat(feed.after(START, Duration.ZERO))
                .hasSize(100)
                .first()
                .satisfies(change -> assertThat(change.job()).isEqualTo(running("still", 1)));
    }

    @Test
    void who_waits_is_told_at_once_and_let_go_at_the_end() throws Exception {
        try (var thread = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<List<Change>> change = new CompletableFuture<>();
            var _ = thread.submit(() -> change.complete(feed.after(feed.end(), Duration.ofMinutes(1))));
            while (!change.isDone()) {
                feed.publish(running("a", 1));
                Thread.sleep(1);
            }
            assertThat(change.join()).isNotEmpty();

            var end = thread.submit(() -> feed.after(feed.end(), Duration.ofMinutes(1)));
            feed.close();
            assertThat(end.get()).isEmpty();
            assertThat(feed.isClosed()).isTrue();
        }
    }
}
