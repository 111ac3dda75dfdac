package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Imports;
import io.dvcr.e2e.fixture.Qemu;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server is killed in the middle of large imports, whose sources count what they are asked for. */
@EndToEnd
@Timeout(300)
class ResumedImportsIT {
    private static final int STRETCH = 8 << 20;
    private static final int STRETCHES = 128; // every other one is a hole
    private static final long SLOW = 25_000_000; // bytes a second

    @TempDir
    private static Path directory;

    private static Path raw;

    private DvcrServer server;
    private WebServer web;
    private Artifact image;

    @BeforeAll
    static void makeDisk() throws IOException {
        raw = directory.resolve("disk.raw");
        Random random = new Random(7);
        try (FileChannel file = FileChannel.open(raw, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int stretch = 1; stretch < STRETCHES; stretch += 2) {
                file.write(ByteBuffer.wrap(Bytes.random(random, STRETCH)), (long) stretch * STRETCH);
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        web = WebServer.start();
        Path oneConnection = directory.resolve("one-connection.yaml"); // what others have fetched ahead would be lost
        server = DvcrServer.registry(Files.writeString(oneConnection, "downloads: {connections: 1}\n"));
        image = new Artifact(server, "vms/guest", "1");
    }

    @AfterEach
    void stop() throws IOException {
        try (WebServer _ = web;
                DvcrServer _ = server) {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "qcow2", "vhdx"})
    void after_a_kill_at_any_moment_hardly_anything_is_fetched_twice(String format) throws Exception {
        long seed = System.nanoTime();
        Path source = source(format);
        long size = Files.size(source);
        long moment = (long) (size * new Random(seed).nextDouble(0.3, 0.95));
        web.slowDownTo(SLOW);
        URI url = web.serve("disk." + format, source);
        String job = new Imports(server).submit(url, image.reference());
        new Imports(server).awaitBytes(job, moment);

        server.kill();
        long sentBefore = web.sent();
        web.slowDownTo(Long.MAX_VALUE);
        server.restart();

        new Imports(server).awaitSuccess(job);
        long twice = web.sent() - size;
        String what = format + " of " + size + " bytes, killed after " + sentBefore + ", seed " + seed
                + ", sent twice: " + twice;
        System.out.println(what);
        assertThat(twice).as(what).isBetween(0L, size / 100);
        assertHolds(source, format);
        assertThat(DirectoryTree.entries(server.data().resolve("scratch"))).isEmpty();
        assertThat(DirectoryTree.entries(server.data().resolve("store/held"))).isEmpty();
    }

    private static Path source(String format) throws IOException, InterruptedException {
        Path source = directory.resolve("disk." + format);
        if (!format.equals("raw")) {
            Qemu.img("convert", "-f", "raw", "-O", format, raw, source);
        }
        return source;
    }

    private void assertHolds(Path source, String format) throws IOException, InterruptedException {
        Path exported = directory.resolve("exported.raw");
        Command.of("curl", "-fsS", "-o", exported, server.url().resolve(image.diskPath("raw")))
                .run()
                .succeeded();
        Qemu.compare("raw", exported, format, source);
        Files.delete(exported);
    }
}
