package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Imports;
import io.dvcr.e2e.fixture.Qemu;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real system's disk of 4 GiB, for what shows only at that size. */
@EndToEnd
@Timeout(240)
class DebianImageIT {
    private static final long VIRTUAL_SIZE = 4L << 30;
    private static final long SLACK = 64L << 20;

    @Test
    void a_system_image_takes_little_room_and_comes_back_as_it_was(@TempDir Path directory) throws Exception {
        Path source = Given.image("debian.qcow2");
        try (WebServer web = WebServer.start();
                DvcrServer server = DvcrServer.registry()) {
            Artifact image = new Artifact(server, "vms/debian", "12");
            Imports imports = new Imports(server);
            String job = imports.submit(web.serve("debian.qcow2", source), image.reference());
            long most = 0;
            while (!imports.hasEnded(job)) {
                most = Math.max(most, allocated(server.data()));
            }
            imports.awaitSuccess(job);

            long stored = imports.get(job).path("image").path("storedSize").asLong();
            assertThat(stored).isLessThan(Files.size(source) / 2);
            assertThat(most)
                    .as("bytes of the data directory at its largest")
                    .isLessThan(Files.size(source) + stored + SLACK);
            assertThat(allocated(server.data())).isLessThan(stored + SLACK);

            Path pulled = directory.resolve("debian.raw");
            server.dvcr().run("pull", image.reference(), "-o", pulled).succeeded();
            assertThat(pulled).hasSize(VIRTUAL_SIZE);
            assertThat(allocated(pulled)).isLessThan(Files.size(source) + SLACK);
            Qemu.compare("raw", pulled, "qcow2", source);
        }
    }

    /** What a file or directory takes of the file system, holes not counted. */
    private static long allocated(Path path) throws IOException, InterruptedException {
        // du fails when a file vanishes while it looks, but tells the sum all the same
        String told = Command.of("du", "-s", "--block-size=1", path).run().stdout();
        return Long.parseLong(told.substring(0, told.indexOf('\t')));
    }
}
