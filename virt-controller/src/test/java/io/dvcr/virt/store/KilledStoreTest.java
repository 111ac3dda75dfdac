package io.dvcr.virt.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.SecretContent;
import io.dvcr.virt.resource.Resource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed with kill -9 while it writes has lost nothing of what it said was done. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class KilledStoreTest {
    private static final int ROUNDS = 5;

    @TempDir
    Path data;

    private final Map<String, String> done = new HashMap<>();
    private @Nullable String begun;
    private long version;

    @Test
    @Timeout(300)
    void nothing_that_was_acknowledged_is_lost() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            writeAndKill(random.nextLong(), 20 + random.nextInt(200), random.nextInt(3_000_000));
            check();
        }
    }

    private void writeAndKill(long seed, int changes, int nanos) throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        data.resolve("resources").toString(),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(writer.getInputStream(), UTF_8))) {
            int seen = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(line.split(" ", -1));
                if (++seen == changes) {
                    Thread.sleep(nanos / 1_000_000, nanos % 1_000_000);
                    writer.toHandle().destroyForcibly(); // kill -9; what it had written before is still read
                }
            }
            assertThat(seen).as("lines of the writer").isGreaterThanOrEqualTo(changes);
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    private void take(String[] words) {
        if (words[0].equals("begin")) {
            begun = words[1] + " " + words[2];
        } else {
            done.put(words[1], words[2]);
            long now = Long.parseLong(words[3]);
            assertThat(now).as("version after %s", begun).isGreaterThanOrEqualTo(version);
            version = now;
            begun = null;
        }
    }

    private void check() throws IOException {
        try (ResourceFiles files =
                ResourceFiles.open(data.resolve("resources"), Kinds.ALL, Clock.systemUTC(), List.of())) {
            assertThat(files.damaged()).isEmpty();
            Map<String, String> found = new HashMap<>();
            done.keySet().forEach(name -> found.put(name, "gone"));
            for (Resource<SecretContent, ?> secret : files.list(Kinds.SECRET)) {
                found.put(
                        secret.key().name(),
                        new String(secret.spec().value("value").orElseThrow(), UTF_8));
            }
            Map<String, String> afterLast = new HashMap<>(done);
            if (begun != null) {
                String[] last = begun.split(" ", -1);
                afterLast.put(last[0], last[1]);
                found.putIfAbsent(last[0], "gone");
                done.putIfAbsent(last[0], "gone");
            }
            assertThat(found).isIn(done, afterLast);
            assertThat(files.changes().last()).isGreaterThanOrEqualTo(version);
            done.putAll(found);
            begun = null;
        }
    }
}
