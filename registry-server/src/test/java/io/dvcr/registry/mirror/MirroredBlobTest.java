package io.dvcr.registry.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs of a mirrored registry: each comes once, whoever asks, however often and in whatever pieces. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class MirroredBlobTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 11 * MIB + 12345;
    private static final byte[] CONTENT = MirrorBench.bytes(SIZE, 1);

    @TempDir
    private Path directory;

    private MirrorBench bench;
    private Digest digest;

    @BeforeEach
    void start() throws IOException {
        bench = new MirrorBench(directory, Duration.ofHours(1));
        digest = bench.pushBlob(CONTENT);
    }

    @AfterEach
    void stop() throws IOException {
        bench.close();
    }

    private byte[] pull() throws IOException {
        return bench.edge().get(MirrorBench.blob(digest)).body();
    }

    private byte[] pull(long first, long last) throws IOException {
        var reply = bench.edge().get(MirrorBench.blob(digest), "Range", "bytes=" + first + "-" + last);
        assertThat(reply.statusCode()).isEqualTo(206);
        assertThat(TestServer.header(reply, "Content-Range")).isEqualTo("bytes " + first + "-" + last + "/" + SIZE);
        return reply.body();
    }

    private long transfers() {
        return bench.proxy().count("GET /v2/" + MirrorBench.REMOTE + "/blobs/");
    }

    @Test
    void a_blob_comes_once_and_is_kept() throws IOException {
        assertThat(pull()).isEqualTo(CONTENT);
        bench.proxy().down(true);
        assertThat(pull()).isEqualTo(CONTENT);
        assertThat(pull(MIB, 2 * MIB)).isEqualTo(Arrays.copyOfRange(CONTENT, MIB, 2 * MIB + 1));
        assertThat(transfers()).isEqualTo(1);
        assertThat(bench.proxy().blobBytes()).isEqualTo(SIZE);
    }

    @Test
    void a_head_tells_the_size_and_fetches_nothing() throws IOException {
        var reply = bench.edge().send("HEAD", MirrorBench.blob(digest));
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(TestServer.header(reply, "Content-Length")).isEqualTo(Integer.toString(SIZE));
        assertThat(transfers()).isZero();
    }

    @Test
    void blobs_of_any_size_come_as_they_are() throws IOException {
        for (int size : List.of(0, 1, 100, 64 << 10, 4 * MIB, 4 * MIB + 1)) {
            byte[] content = MirrorBench.bytes(size, size);
            Digest other = bench.pushBlob(content);
            assertThat(bench.edge().get(MirrorBench.blob(other)).body()).isEqualTo(content);
            assertThat(bench.edge().get(MirrorBench.blob(other)).body()).isEqualTo(content);
        }
    }

    @Test
    void many_clients_at_once_share_one_transfer_and_read_as_it_comes() throws Exception {
        bench.proxy().hold(2 * MIB);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<InputStream> clients = new ArrayList<>();
            List<byte[]> beginnings = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                InputStream body =
                        bench.edge().open("GET", MirrorBench.blob(digest)).body();
                clients.add(body);
                beginnings.add(body.readNBytes(MIB)); // while no more than two have come
            }
            clients.getFirst().close(); // the one that began it
            InputStream slow = clients.get(1); // reads nothing until all others have it all
            bench.proxy().release();
            List<Future<byte[]>> rests = new ArrayList<>();
            for (InputStream client : clients.subList(2, clients.size())) {
                rests.add(threads.submit(() -> client.readAllBytes()));
            }
            for (Future<byte[]> rest : rests) {
                assertThat(rest.get()).isEqualTo(Arrays.copyOfRange(CONTENT, MIB, SIZE));
            }
            assertThat(slow.readAllBytes()).isEqualTo(Arrays.copyOfRange(CONTENT, MIB, SIZE));
            assertThat(beginnings).allSatisfy(it -> assertThat(it).isEqualTo(Arrays.copyOf(CONTENT, MIB)));
            for (InputStream client : clients) {
                client.close();
            }
        }
        assertThat(transfers()).isEqualTo(1);
    }

    @Test
    void a_fill_goes_on_when_nobody_waits_for_it_any_more() throws IOException {
        bench.proxy().hold(MIB);
        try (InputStream body =
                bench.edge().open("GET", MirrorBench.blob(digest)).body()) {
            assertThat(body.readNBytes(1000)).hasSize(1000);
        }
        bench.proxy().release();
        while (bench.proxy().blobBytes() < SIZE) {
            TestServer.pause();
        }
        assertThat(pull()).isEqualTo(CONTENT);
        assertThat(transfers()).isEqualTo(1);
    }

    @Test
    void a_connection_that_is_cut_goes_on_where_it_was() throws IOException {
        bench.proxy().cut(3 * MIB, 2);
        assertThat(pull()).isEqualTo(CONTENT);
        assertThat(transfers()).isEqualTo(3);
        assertThat(bench.proxy().blobBytes()).isBetween((long) SIZE, SIZE + (1L << 18));
    }

    @Test
    void what_came_before_a_registry_went_away_is_not_fetched_again() throws IOException {
        bench.proxy().hold(6 * MIB);
        try (InputStream body =
                bench.edge().open("GET", MirrorBench.blob(digest)).body()) {
            assertThat(body.readNBytes(5 * MIB)).hasSize(5 * MIB);
            bench.proxy().down(true);
            bench.proxy().cut(0, 1);
            bench.proxy().release();
            assertThatThrownBy(() -> body.readAllBytes()).isInstanceOf(IOException.class);
        }
        bench.proxy().down(false);
        assertThat(pull()).isEqualTo(CONTENT);
        assertThat(bench.proxy().blobBytes()).isBetween((long) SIZE, SIZE + (1L << 18));
    }

    @Test
    void what_has_not_its_digest_is_cut_off_before_its_end_and_not_kept() throws IOException {
        bench.proxy().lie(true);
        assertThatThrownBy(this::pull).isInstanceOf(IOException.class);
        bench.proxy().lie(false);
        assertThat(pull()).isEqualTo(CONTENT);
    }

    @Test
    void of_a_range_only_its_blocks_are_fetched_and_kept() throws IOException {
        assertThat(pull(5 * MIB + 10, 5 * MIB + 20)).isEqualTo(Arrays.copyOfRange(CONTENT, 5 * MIB + 10, 5 * MIB + 21));
        assertThat(pull(5 * MIB, 5 * MIB + (256 << 10) - 1))
                .isEqualTo(Arrays.copyOfRange(CONTENT, 5 * MIB, 5 * MIB + (256 << 10)));
        assertThat(bench.proxy().blobBytes()).isEqualTo(256 << 10);
        assertThat(transfers()).isEqualTo(1);
        assertThat(pull(SIZE - 5, SIZE - 1)).isEqualTo(Arrays.copyOfRange(CONTENT, SIZE - 5, SIZE));
        assertThat(bench.proxy().blobBytes()).isLessThan(2 * (256 << 10));
    }

    @Test
    void ranges_that_make_up_the_whole_are_the_whole() throws IOException {
        pull(6 * MIB, SIZE - 1);
        pull(0, 3 * MIB - 1);
        assertThat(pull()).isEqualTo(CONTENT);
        assertThat(bench.proxy().blobBytes()).isEqualTo(SIZE);
        bench.proxy().down(true);
        assertThat(pull()).isEqualTo(CONTENT);
    }

    @Test
    void a_small_blob_that_came_in_ranges_is_served_as_a_whole() throws IOException {
        byte[] content = MirrorBench.bytes(MIB, 2);
        String path = MirrorBench.blob(bench.pushBlob(content));
        bench.edge().get(path, "Range", "bytes=500000-");
        bench.edge().get(path, "Range", "bytes=0-500000");
        assertThat(bench.edge().get(path).body()).isEqualTo(content);
        bench.proxy().down(true);
        assertThat(bench.edge().get(path).body()).isEqualTo(content);
        assertThat(bench.edge().get(path, "Range", "bytes=10-19").body())
                .isEqualTo(Arrays.copyOfRange(content, 10, 20));
    }

    @Test
    void a_part_that_is_lost_comes_again_and_all_is_verified_again() throws IOException {
        pull();
        try (Stream<Path> files = Files.walk(directory.resolve("edge/store/mirror/blobs"))) {
            Path second = files.filter(file -> file.toFile().length() > MIB)
                    .sorted()
                    .toList()
                    .get(1);
            Files.delete(second);
        }
        TestServer.pause();
        assertThat(pull()).isEqualTo(CONTENT);
        assertThat(bench.proxy().blobBytes()).isEqualTo(SIZE + (4L << 20));
    }

    @Test
    void a_range_far_ahead_of_a_fill_does_not_wait_for_it() throws IOException {
        bench.proxy().hold(MIB);
        try (InputStream body =
                bench.edge().open("GET", MirrorBench.blob(digest)).body()) {
            assertThat(body.readNBytes(1000)).hasSize(1000);
            assertThat(pull(1000, 2000)).isEqualTo(Arrays.copyOfRange(CONTENT, 1000, 2001));
            assertThat(pull(10 * MIB, 10 * MIB + 1000))
                    .isEqualTo(Arrays.copyOfRange(CONTENT, 10 * MIB, 10 * MIB + 1001));
            bench.proxy().release();
        }
        assertThat(pull()).isEqualTo(CONTENT);
    }

    @Test
    void many_who_ask_the_same_range_at_once_share_one_transfer() throws Exception {
        bench.proxy().hold(1000);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(threads.submit(() -> pull(2 * MIB, 2 * MIB + 50_000)));
            }
            while (transfers() == 0) {
                TestServer.pause();
            }
            bench.proxy().release();
            for (Future<byte[]> one : all) {
                assertThat(one.get()).isEqualTo(Arrays.copyOfRange(CONTENT, 2 * MIB, 2 * MIB + 50_001));
            }
        }
        assertThat(transfers()).isEqualTo(1);
    }
}
