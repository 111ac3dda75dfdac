package io.dvcr.registry.mirror;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.importers.mirror.PinRule;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.TagPattern;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No more is kept of mirrored registries than may be: the longest unused goes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class MirrorRoomTest {
    private static final int MIB = 1 << 20;

    private static JsonNode report(MirrorBench bench) throws IOException {
        return json(bench.edge().get("/api/v1/mirrors"));
    }

    private static void awaitRoom(MirrorBench bench, long bytes) throws IOException {
        while (report(bench).path("mirrors").path(0).path("bytes").asLong() > bytes) {
            TestServer.pause();
        }
    }

    @Test
    void the_longest_unused_goes_and_what_is_pinned_stays(@TempDir Path directory) throws IOException {
        PinRule pin = new PinRule(RepositoryPattern.of("hub/team/*"), new TagPattern("keep*"));
        try (MirrorBench bench = new MirrorBench(directory, Duration.ofHours(1), 5 * MIB, List.of(pin))) {
            byte[] pinned = MirrorBench.bytes(MIB, 100);
            bench.pushImage("keep", pinned);
            bench.edge().get(MirrorBench.manifest("keep"));
            bench.edge().get(MirrorBench.blob(Digest.sha256(pinned)));
            List<Digest> others = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                others.add(bench.pushBlob(MirrorBench.bytes(MIB, i)));
                bench.edge().get(MirrorBench.blob(others.get(i)));
            }
            bench.edge().get(MirrorBench.blob(others.get(0))); // so the second is the longest unused
            awaitRoom(bench, 5 * MIB);

            bench.proxy().down(true);
            assertThat(bench.edge().get(MirrorBench.manifest("keep")).statusCode())
                    .isEqualTo(200);
            assertThat(bench.edge().get(MirrorBench.blob(Digest.sha256(pinned))).body())
                    .isEqualTo(pinned);
            assertThat(bench.edge().get(MirrorBench.blob(others.get(0))).statusCode())
                    .isEqualTo(200);
            assertThat(bench.edge().get(MirrorBench.blob(others.get(3))).statusCode())
                    .isEqualTo(200);
            assertOciError(bench.edge().get(MirrorBench.blob(others.get(1))), 503, "UNAVAILABLE");
            bench.proxy().down(false);
            assertThat(bench.edge().get(MirrorBench.blob(others.get(1))).body()).isEqualTo(MirrorBench.bytes(MIB, 1));
            assertThat(report(bench).path("removed").asLong()).isPositive();
            String metrics = TestServer.text(bench.edge().get("/metrics"));
            assertThat(metrics)
                    .contains("registry_mirror_hits_total{mirror=\"hub\"}", "registry_mirror_evicted_blobs_total");
        }
    }

    @Test
    void what_is_being_read_stays(@TempDir Path directory) throws IOException {
        try (MirrorBench bench = new MirrorBench(directory, Duration.ofHours(1), 3 * MIB, List.of())) {
            byte[] content = MirrorBench.bytes(20 * MIB, 1);
            Digest read = bench.pushBlob(content);
            bench.edge().get(MirrorBench.blob(read));
            while (report(bench).path("removed").asLong() == 0) { // more than may be kept goes as soon as it is served
                TestServer.pause();
            }
            try (InputStream body =
                    bench.edge().open("GET", MirrorBench.blob(read)).body()) {
                assertThat(body.readNBytes(MIB)).isEqualTo(Arrays.copyOf(content, MIB));
                for (int i = 0; i < 5; i++) {
                    bench.edge().get(MirrorBench.blob(bench.pushBlob(MirrorBench.bytes(MIB, 10 + i))));
                }
                long removed = report(bench).path("removed").asLong();
                while (report(bench).path("removed").asLong() == removed) {
                    TestServer.pause();
                }
                bench.proxy().down(true);
                assertThat(body.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, MIB, content.length));
            }
        }
    }
}
