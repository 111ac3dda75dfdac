package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.Dvcr;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.ForeignRegistry;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.LoopDevice;
import io.dvcr.e2e.fixture.Qemu;
import io.dvcr.e2e.fixture.WebServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code dvcr push} and {@code dvcr pull}, against this registry and Debian's docker-registry, killed and whole. */
@EndToEnd
@Timeout(300)
class TransfersIT {
    private static final int MIB = 1 << 20;
    private static final int KILLS = 4;
    private static final Pattern SENT = Pattern.compile("(?:sent|received) ([0-9.]+) ([KMG]?i?B)");

    private DvcrServer server;
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        directory = DirectoryTree.temporary();
        server = DvcrServer.registry();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        DirectoryTree.delete(directory);
    }

    private static byte[] disk(Random random) {
        byte[] disk = Bytes.random(random, 96 * MIB);
        Arrays.fill(disk, 20 * MIB, 40 * MIB, (byte) 0);
        return disk;
    }

    /** In MiB, as the command's last line but one tells. */
    private static double mebibytes(String output) {
        Matcher matcher = SENT.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        double number = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2)) {
            case "GiB" -> number * 1024;
            case "MiB" -> number;
            default -> 0;
        };
    }

    @Test
    void pushes_and_pulls_that_are_killed_go_on() throws Exception {
        killAndGoOn(server.url());
    }

    @Test
    void the_registry_of_debian_serves_as_well() throws Exception {
        try (ForeignRegistry foreign = ForeignRegistry.start()) {
            killAndGoOn(foreign.url());
        }
    }

    @Test
    void an_import_with_a_base_in_another_repository_stores_what_differs() throws Exception {
        byte[] disk = disk(new Random(5));
        Path file = Files.write(directory.resolve("disk.raw"), disk);
        System.arraycopy(Bytes.random(new Random(6), 4 * MIB), 0, disk, 10 * MIB, 4 * MIB);
        Path newer = Files.write(directory.resolve("newer.raw"), disk);
        Dvcr dvcr = server.dvcr();
        try (WebServer web = WebServer.start()) {
            dvcr.run("import", web.serve("disk.raw", file), "golden/disk:1").succeeded();
            dvcr.run("import", web.serve("newer.raw", newer), "vms/disk:2", "--base", "golden/disk:1")
                    .succeeded();
        }
        JsonNode image = new ObjectMapper()
                .readTree(dvcr.run("inspect", "vms/disk:2").succeeded().stdout());
        assertThat(image.path("newlyStored").asLong()).isBetween(4L * MIB, 5L * MIB);
        assertThat(image.path("storedSize").asLong()).isGreaterThan(70L * MIB);
        JsonNode shared = image.path("sharedWith").path(0);
        assertThat(shared.path("repository").asText() + ":" + shared.path("tag").asText())
                .isEqualTo("golden/disk:1");
        assertThat(shared.path("sharedBytes").asLong()).isGreaterThan(60L * MIB);
    }

    private void killAndGoOn(URI registry) throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] disk = disk(random);
        Path file = Files.write(directory.resolve("disk.raw"), disk);
        Path back = directory.resolve("back.raw");
        Dvcr dvcr = new Dvcr(registry);
        for (int i = 0; i < KILLS; i++) {
            dvcr.runAndKill(random.nextInt(600, 3000), "push", file, "vms/disk:1");
        }
        dvcr.run("push", file, "vms/disk:1").succeeded();
        for (int i = 0; i < KILLS; i++) {
            dvcr.runAndKill(random.nextInt(600, 3000), "pull", "vms/disk:1", "-o", back, "--force");
        }
        dvcr.run("pull", "vms/disk:1", "-o", back, "--force").succeeded();
        Bytes.assertSame("seed " + seed, Files.readAllBytes(back), disk);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).as("seed " + seed).containsExactlyInAnyOrder(file, back);
        }
        sendsWhatDiffers(dvcr, random, disk, file);
    }

    private void sendsWhatDiffers(Dvcr dvcr, Random random, byte[] disk, Path older) throws Exception {
        byte[] newer = disk.clone();
        System.arraycopy(Bytes.random(random, 4 * MIB), 0, newer, 10 * MIB, 4 * MIB);
        Path file = Files.write(directory.resolve("newer.raw"), newer);
        Path back = directory.resolve("newer-back.raw");
        assertThat(mebibytes(dvcr.run("push", file, "vms/disk:2").succeeded().stdout()))
                .isLessThan(4 * 1.15);
        assertThat(mebibytes(dvcr.run("push", file, "other/disk:2", "--base", "vms/disk:2")
                        .succeeded()
                        .stdout()))
                .isLessThan(1);
        assertThat(mebibytes(dvcr.run("pull", "other/disk:2", "-o", back, "--base", older)
                        .succeeded()
                        .stdout()))
                .isLessThan(4 * 1.15);
        Bytes.assertSame("the newer disk", Files.readAllBytes(back), newer);
    }

    @Test
    void a_qcow2_is_pushed_and_stays_its_owners() throws Exception {
        Path image = Given.image("guest.qcow2");
        Object owner = Files.getAttribute(image, "unix:uid");
        server.dvcr().run("push", image, "vms/guest:1", "--format", "qcow2").succeeded();
        Path back = directory.resolve("guest.raw");
        server.dvcr().run("pull", "vms/guest:1", "-o", back).succeeded();
        Qemu.compare("qcow2", image, "raw", back);
        assertThat(Files.getAttribute(image, "unix:uid")).isEqualTo(owner);
        assertThat(server.dvcr()
                        .run("push", image, "vms/guest:1", "--format", "iso")
                        .failedWith(1)
                        .stderr())
                .contains("qcow2");
    }

    @Test
    void a_block_device_is_written_in_place() throws Exception {
        Random random = new Random();
        byte[] disk = Arrays.copyOf(disk(random), 24 * MIB);
        Path file = Files.write(directory.resolve("disk.raw"), disk);
        server.dvcr().run("push", file, "vms/disk:1").succeeded();
        try (LoopDevice device = LoopDevice.of(directory.resolve("device.img"), Bytes.random(random, 32 * MIB))) {
            server.dvcr()
                    .run("pull", "vms/disk:1", "-o", device.path(), "--force")
                    .succeeded();
            Bytes.assertSame("the device", Arrays.copyOf(device.content(), disk.length), disk);
            assertThat(mebibytes(server.dvcr()
                            .run("pull", "vms/disk:1", "-o", device.path(), "--force")
                            .succeeded()
                            .stdout()))
                    .isLessThan(1);
        }
        try (LoopDevice small = LoopDevice.of(directory.resolve("small.img"), new byte[8 * MIB])) {
            assertThat(server.dvcr()
                            .run("pull", "vms/disk:1", "-o", small.path(), "--force")
                            .failedWith(1)
                            .stderr())
                    .contains("has 8388608 bytes, the disk 25165824");
        }
    }
}
