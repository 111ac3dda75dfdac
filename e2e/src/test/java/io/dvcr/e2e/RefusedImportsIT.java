package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Outcome;
import io.dvcr.e2e.fixture.Qemu;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Imports that must fail do so with a clear message and exit code 1; the tag and the disk stay as they were. */
@EndToEnd
@Timeout(60)
class RefusedImportsIT {
    private static DvcrServer server;
    private static WebServer web;
    private static Artifact image;
    private static String before;

    @BeforeAll
    static void start() throws Exception {
        web = WebServer.start();
        server = DvcrServer.registry();
        image = new Artifact(server, "vms/guest", "1");
        server.dvcr()
                .run("import", web.serve("guest.raw", Given.image("guest.raw")), image.reference())
                .succeeded();
        before = image.digest();
    }

    @AfterAll
    static void stop() throws IOException {
        try (WebServer _ = web;
                DvcrServer _ = server) {}
    }

    @Test
    void a_missing_file() throws Exception {
        assertThat(refused(web.url("no-such-file"))).contains("404").contains("no-such-file");
    }

    @Test
    void a_wrong_checksum() throws Exception {
        String wrong = Bytes.digest("something else".getBytes(UTF_8));

        assertThat(refused(web.serve("guest.qcow2", Given.image("guest.qcow2")), "--checksum", wrong))
                .contains(wrong.substring("sha256:".length()));
    }

    @Test
    void an_image_with_a_backing_file(@TempDir Path directory) throws Exception {
        Path hostile = directory.resolve("hostile.qcow2");
        Qemu.img("create", "-q", "-f", "qcow2", "-b", "/etc/passwd", "-F", "raw", hostile, "64M");

        assertThat(refused(web.serve("hostile.qcow2", hostile))).contains("backing file");
    }

    @Test
    void an_image_with_an_external_data_file(@TempDir Path directory) throws Exception {
        Path hostile = directory.resolve("external.qcow2");
        Path data = directory.resolve("data");
        Qemu.img("create", "-q", "-f", "qcow2", "-o", "data_file=" + data + ",data_file_raw=on", hostile, "64M");

        assertThat(refused(web.serve("external.qcow2", hostile))).containsIgnoringCase("data file");
    }

    @Test
    void an_image_that_is_cut_short(@TempDir Path directory) throws Exception {
        byte[] whole = Files.readAllBytes(Given.image("guest.qcow2"));
        Path cut = Files.write(directory.resolve("cut.qcow2"), Arrays.copyOf(whole, whole.length / 2));

        assertThat(refused(web.serve("cut.qcow2", cut))).isNotEmpty().doesNotContain("INTERNAL");
    }

    @Test
    void a_disk_in_several_files(@TempDir Path directory) throws Exception {
        Path disk = directory.resolve("disk.vmdk");
        Qemu.img(
                "convert",
                "-f",
                "qcow2",
                "-O",
                "vmdk",
                "-o",
                "subformat=monolithicFlat",
                Given.image("guest.qcow2"),
                disk);

        assertThat(refused(web.serve("disk.vmdk", disk))).containsIgnoringCase("vmdk");
    }

    @Test
    void an_address_of_the_metadata_service() throws Exception {
        assertThat(refused(URI.create("http://169.254.169.254/latest/meta-data")))
                .contains("169.254.169.254")
                .contains("refused");
    }

    @Test
    void a_scheme_that_is_not_http() throws Exception {
        assertThat(refused(URI.create("ftp://127.0.0.1/disk.raw"))).contains("http");
    }

    @Test
    void a_file_of_the_host_where_the_operator_allows_none() throws Exception {
        assertThat(refused(URI.create("file:///etc/passwd"))).contains("VOLUME_REFUSED");
    }

    /** Imports to the tag that names an image, which must fail, and returns what the user is told. */
    private static String refused(URI url, Object... options) throws Exception {
        Object[] command = Stream.concat(Stream.of("import", url, image.reference()), Arrays.stream(options))
                .toArray();
        Outcome outcome = server.dvcr().run(command).failedWith(1);
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.stderr()).startsWith("dvcr: ").doesNotContain("Exception", "\tat ");
        assertThat(image.digest()).as("what the tag names").isEqualTo(before);
        assertThat(DirectoryTree.entries(server.data().resolve("scratch"))).isEmpty();
        assertThat(DirectoryTree.entries(server.data().resolve("store/.tmp"))).isEmpty();
        assertThat(DirectoryTree.entries(server.temporaryFiles())).isEmpty();
        return outcome.stderr();
    }
}
