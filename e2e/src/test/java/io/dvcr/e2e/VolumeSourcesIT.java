package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.LoopDevice;
import io.dvcr.e2e.fixture.Qemu;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files and block devices of the server's host, where its operator allows them and where not. */
@EndToEnd
@Timeout(120)
class VolumeSourcesIT {
    @TempDir
    private Path directory;

    @Test
    void volumes_that_the_operator_allows_are_imported_and_no_others() throws Exception {
        byte[] disk = Bytes.random(new Random(1), 16 << 20);
        Arrays.fill(disk, 4 << 20, 12 << 20, (byte) 0);
        Path raw = Files.write(directory.resolve("disk.raw"), disk);
        Path images = Files.createDirectories(directory.resolve("images/pool"));
        Path qcow2 = images.resolve("disk.qcow2");
        Qemu.img("convert", "-f", "raw", "-O", "qcow2", raw, qcow2);
        Path link = Files.createSymbolicLink(images.resolve("link.raw"), raw);
        Path configuration = Files.writeString(directory.resolve("dvcr.yaml"), """
                volumes:
                  - {directory: images, repositories: ["golden/**"]}
                  - {directory: /dev, repositories: ["golden/**"]}
                """);
        try (DvcrServer server = DvcrServer.registry(configuration);
                LoopDevice device = LoopDevice.of(directory.resolve("device.img"), disk)) {
            assertImported(server, qcow2, raw);
            assertImported(server, device.path(), raw);
            assertRefused(server, raw, "golden/disk:2", "below no directory that the operator allows");
            assertRefused(server, qcow2, "vms/disk:2", "below no directory that the operator allows");
            assertRefused(server, link, "golden/disk:2", "it is a link");
            assertRefused(server, Path.of("/dev/zero"), "golden/disk:2", "neither a regular file nor a block device");
        }
    }

    private void assertImported(DvcrServer server, Path volume, Path raw) throws Exception {
        server.dvcr().run("import", "file://" + volume, "golden/disk:1").succeeded();
        Path back = directory.resolve("back.raw");
        server.dvcr().run("pull", "golden/disk:1", "-o", back, "--force").succeeded();
        Qemu.compare("raw", raw, "raw", back);
    }

    private static void assertRefused(DvcrServer server, Path volume, String target, String reason) throws Exception {
        assertThat(server.dvcr()
                        .run("import", "file://" + volume, target)
                        .failedWith(1)
                        .stderr())
                .contains("VOLUME_REFUSED", reason);
    }
}
