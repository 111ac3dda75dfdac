package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.WebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An image is removed, and its bytes with it. */
@EndToEnd
@Timeout(120)
class GarbageIT {

    @Test
    void what_a_removed_image_took_is_told_by_a_dry_run_and_freed_by_three_collections() throws Exception {
        try (DvcrServer server = DvcrServer.registry();
                WebServer web = WebServer.start()) {
            Artifact image = new Artifact(server, "vms/guest", "1");
            server.dvcr()
                    .run("import", web.serve("guest.raw", Given.image("guest.raw")), image.reference())
                    .succeeded();
            assertThat(wouldCollect(server)).contains("nothing was changed", "left          0 (0 B)");

            server.dvcr().run("rm", image.reference()).succeeded();
            assertThat(wouldCollect(server)).contains("purged        0 (0 B)").doesNotContain("left          0 (0 B)");
            collect(server);
            collect(server);
            assertThat(collect(server)).doesNotContain("purged        0").contains("left          0 (0 B)");
            assertThat(DirectoryTree.entries(server.data().resolve("store/blobs")))
                    .isEmpty();
        }
    }

    private static String collect(DvcrServer server) throws Exception {
        return server.dvcr().run("gc", "--grace", "PT0S").succeeded().stdout();
    }

    private static String wouldCollect(DvcrServer server) throws Exception {
        return server.dvcr()
                .run("gc", "--grace", "PT0S", "--dry-run")
                .succeeded()
                .stdout();
    }
}
