package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.content.GarbageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigurationWatchTest {
    @TempDir
    private Path directory;

    private final List<Duration> told = new ArrayList<>();
    private ConfigurationSource source;

    @BeforeEach
    void write() throws IOException {
        source = new ConfigurationSource(
                directory.resolve("dvcr.yaml"), false, Map.of(), List.of(), Sources.ROOT, directory);
        write("garbage: {grace: 1h}");
    }

    private void write(String yaml) throws IOException {
        Files.writeString(source.file(), yaml);
    }

    private ConfigurationWatch watch() throws ConfigurationException {
        ConfigurationWatch watch = new ConfigurationWatch(source, source.read());
        watch.onChange("garbage", Configuration::garbage, garbage -> told.add(garbage.grace()));
        return watch;
    }

    @Test
    void a_change_is_told_once() throws Exception {
        try (ConfigurationWatch watch = watch()) {
            watch.poll();
            assertThat(told).isEmpty();

            write("garbage: {grace: 2h}");
            watch.poll();
            watch.poll();
            assertThat(told).containsExactly(Duration.ofHours(2));
        }
    }

    @Test
    void only_who_listens_to_what_changed_is_told() throws Exception {
        try (ConfigurationWatch watch = watch()) {
            write("garbage: {grace: 60m} # the same\nuploads: {expireAfter: 1d}");
            watch.poll();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void a_faulty_change_changes_nothing_until_it_is_mended() throws Exception {
        try (ConfigurationWatch watch = watch()) {
            write("garbage: {grace: 2h, grase: 3h}");
            watch.poll();
            watch.poll();
            assertThat(told).isEmpty();

            write("garbage: {grace: 3h}");
            watch.poll();
            assertThat(told).containsExactly(Duration.ofHours(3));
        }
    }

    @Test
    void going_back_to_what_holds_after_a_faulty_change_tells_nobody() throws Exception {
        try (ConfigurationWatch watch = watch()) {
            write("nonsense");
            watch.poll();
            write("garbage: {grace: 1h}");
            watch.poll();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void a_file_that_need_not_be_there_may_come_and_go() throws Exception {
        Files.delete(source.file());
        try (ConfigurationWatch watch = watch()) {
            write("garbage: {grace: 2h}");
            watch.poll();
            Files.delete(source.file());
            watch.poll();
            assertThat(told).containsExactly(Duration.ofHours(2), GarbageSettings.DEFAULTS.grace());
        }
    }

    @Test
    void a_file_that_cannot_be_read_for_a_while_changes_nothing() throws Exception {
        try (ConfigurationWatch watch = watch()) {
            Files.delete(source.file());
            Files.createDirectory(source.file());
            watch.poll();
            Files.delete(source.file());
            write("garbage: {grace: 2h}");
            watch.poll();
            assertThat(told).containsExactly(Duration.ofHours(2));
        }
    }

    @Test
    void a_listener_that_fails_does_not_keep_others_from_being_told() throws Exception {
        try (ConfigurationWatch watch = new ConfigurationWatch(source, source.read())) {
            watch.onChange("garbage", Configuration::garbage, _ -> {
                throw new IllegalStateException("cannot do with that");
            });
            watch.onChange("garbage", Configuration::garbage, garbage -> told.add(garbage.grace()));
            write("garbage: {grace: 2h}");
            watch.poll();
            assertThat(told).containsExactly(Duration.ofHours(2));
        }
    }

    @Test
    void a_listener_that_fails_is_told_again_until_it_can() throws Exception {
        AtomicInteger refusals = new AtomicInteger(2);
        try (ConfigurationWatch watch = new ConfigurationWatch(source, source.read())) {
            watch.onChange("garbage", Configuration::garbage, garbage -> {
                if (refusals.getAndDecrement() > 0) {
                    throw new IllegalStateException("not yet");
                }
                told.add(garbage.grace());
            });
            write("garbage: {grace: 2h}");
            watch.poll();
            watch.poll();
            assertThat(told).isEmpty();
            watch.poll();
            watch.poll();
            assertThat(told).containsExactly(Duration.ofHours(2));
        }
    }

    @Test
    void who_listens_late_is_told_what_has_changed_since_the_start() throws Exception {
        try (ConfigurationWatch watch = new ConfigurationWatch(source, source.read())) {
            write("garbage: {grace: 2h}");
            watch.poll();
            watch.onChange("garbage", Configuration::garbage, garbage -> told.add(garbage.grace()));
            watch.poll();
            assertThat(told).containsExactly(Duration.ofHours(2));
        }
    }

    @Test
    void a_watch_that_was_started_looks_by_itself() throws Exception {
        LinkedBlockingQueue<GarbageSettings> changes = new LinkedBlockingQueue<>();
        try (ConfigurationWatch watch = ConfigurationWatch.start(source, source.read())) {
            watch.onChange("garbage", Configuration::garbage, changes::add);
            write("garbage: {grace: 2h}");
            assertThat(changes.poll(20, TimeUnit.SECONDS))
                    .isEqualTo(new GarbageSettings(GarbageSettings.DEFAULTS.interval(), Duration.ofHours(2)));
        }
    }
}
