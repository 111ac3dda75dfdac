package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Http;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.Qemu;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A guest is imported from a web server, copied to a second registry by two standard clients, and goes out as a disk. */
@EndToEnd
@Timeout(60)
class TheMainJobIT {
    private static final int RANGES = 50;

    private static DvcrServer first;
    private static DvcrServer second;
    private static Artifact imported;
    private static Artifact copiedByOras;
    private static Artifact copiedBySkopeo;
    private static Path source;
    private static byte[] disk;

    @BeforeAll
    @Timeout(180)
    static void import_and_copy(@TempDir Path directory) throws Exception {
        source = Given.image("guest.qcow2");
        Path raw = directory.resolve("guest.raw");
        Qemu.img("convert", "-f", "qcow2", "-O", "raw", source, raw);
        disk = Files.readAllBytes(raw);

        first = DvcrServer.registry();
        second = DvcrServer.registry();
        imported = new Artifact(first, "vms/guest", "1");
        copiedByOras = new Artifact(second, "vms/guest", "1");
        copiedBySkopeo = new Artifact(second, "mirror/of/guest", "1");
        try (WebServer web = WebServer.start()) {
            URI url = web.serve("guest.qcow2", source);
            String checksum = Bytes.digest(Files.readAllBytes(source));
            String told = first.dvcr()
                    .run("import", url, imported.reference(), "--checksum", checksum)
                    .succeeded()
                    .stdout();
            assertThat(told).contains("imported vms/guest:1 (qcow2, 64.0 MiB").contains(imported.digest());
        }
        Command.of(Given.oras(), "cp", "--from-plain-http", "--to-plain-http")
                .and(imported.fullName(), copiedByOras.fullName())
                .run()
                .succeeded();
        Command.of("skopeo", "--insecure-policy", "copy", "--all", "--preserve-digests")
                .and("--src-tls-verify=false", "--dest-tls-verify=false")
                .and("docker://" + imported.fullName(), "docker://" + copiedBySkopeo.fullName())
                .run()
                .succeeded();
    }

    @AfterAll
    static void stop() throws IOException {
        try (DvcrServer _ = first;
                DvcrServer _ = second) {}
    }

    static List<Artifact> everywhere() {
        return List.of(imported, copiedByOras, copiedBySkopeo);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void the_artifact_is_the_same_everywhere(Artifact image) throws Exception {
        assertThat(image.digest()).isEqualTo(imported.digest());
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void the_raw_disk_is_the_source_byte_for_byte(Artifact image) throws Exception {
        Answer answer = image.server().http().get(image.diskPath("raw"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length")).isEqualTo(Integer.toString(disk.length));
        Bytes.assertSame("the raw disk", answer.body(), disk);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void dvcr_pull_writes_the_disk_without_its_holes(Artifact image, @TempDir Path directory) throws Exception {
        Path file = directory.resolve("pulled.raw");

        image.server().dvcr().run("pull", image.reference(), "-o", file).succeeded();

        Bytes.assertSame("the pulled disk", Files.readAllBytes(file), disk);
        long allocated = Long.parseLong(
                Command.of("stat", "-c", "%b", file).run().succeeded().stdout().strip());
        assertThat(allocated * 512).isLessThan(disk.length / 2);
        assertThat(directory)
                .isDirectoryNotContaining(other -> !other.getFileName().equals(file.getFileName()));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void the_disk_goes_out_as_qcow2(Artifact image, @TempDir Path directory) throws Exception {
        Path file = directory.resolve("pulled.qcow2");

        image.server()
                .dvcr()
                .run("pull", image.reference(), "-o", file, "--format", "qcow2")
                .succeeded();

        Qemu.compare("qcow2", file, "qcow2", source);
        Answer again = image.server().http().get(image.diskPath("qcow2"));
        Bytes.assertSame("the qcow2 over HTTP", again.body(), Files.readAllBytes(file));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void any_range_of_the_raw_disk_can_be_had(Artifact image) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Http http = image.server().http();
        String etag = http.head(image.diskPath("raw")).header("ETag");
        for (int i = 0; i < RANGES; i++) {
            int start = random.nextInt(disk.length);
            int end = (int) Math.min(disk.length, start + 1L + random.nextInt(1 << random.nextInt(1, 23)));
            String what = "range " + start + "-" + (end - 1) + " of seed " + seed;

            Answer part = random.nextBoolean()
                    ? http.get(image.diskPath("raw"), "Range", "bytes=" + start + "-" + (end - 1))
                    : http.get(image.diskPath("raw"), "Range", "bytes=" + start + "-" + (end - 1), "If-Range", etag);

            assertThat(part.status()).as(what).isEqualTo(206);
            assertThat(part.header("Content-Length")).as(what).isEqualTo(Integer.toString(end - start));
            assertThat(part.header("Content-Range"))
                    .as(what)
                    .isEqualTo("bytes " + start + "-" + (end - 1) + "/" + disk.length);
            Bytes.assertSame(what, part.body(), Arrays.copyOfRange(disk, start, end));
        }
    }

    @Test
    void a_range_may_be_the_last_bytes_or_go_on_to_the_end() throws Exception {
        Http http = first.http();

        Answer suffix = http.get(imported.diskPath("raw"), "Range", "bytes=-1000");
        Answer rest = http.get(imported.diskPath("raw"), "Range", "bytes=" + (disk.length - 5000) + "-");
        Answer tooMuch = http.get(imported.diskPath("raw"), "Range", "bytes=" + (disk.length - 7) + "-999999999999");

        Bytes.assertSame("suffix", suffix.body(), Arrays.copyOfRange(disk, disk.length - 1000, disk.length));
        Bytes.assertSame("rest", rest.body(), Arrays.copyOfRange(disk, disk.length - 5000, disk.length));
        Bytes.assertSame("too much", tooMuch.body(), Arrays.copyOfRange(disk, disk.length - 7, disk.length));
        assertThat(List.of(suffix.status(), rest.status(), tooMuch.status())).containsOnly(206);
    }

    @Test
    void a_range_outside_the_disk_is_refused() throws Exception {
        Answer answer = first.http().get(imported.diskPath("raw"), "Range", "bytes=" + disk.length + "-");

        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes */" + disk.length);
    }

    @Test
    void a_range_of_what_the_disk_was_gets_the_whole_disk() throws Exception {
        Answer answer =
                first.http().get(imported.diskPath("raw"), "Range", "bytes=100-199", "If-Range", "\"something else\"");

        assertThat(answer.status()).isEqualTo(200);
        Bytes.assertSame("the raw disk", answer.body(), disk);
    }

    @Test
    void head_tells_length_and_ranges_without_sending_anything() throws Exception {
        Answer whole = first.http().head(imported.diskPath("raw"));
        Answer part = first.http().head(imported.diskPath("raw"), "Range", "bytes=10-19"); // RFC 9110: for GET alone

        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.header("Content-Length")).isEqualTo(Integer.toString(disk.length));
        assertThat(whole.header("Accept-Ranges")).isEqualTo("bytes");
        assertThat(whole.body()).isEmpty();
        assertThat(part.status()).isEqualTo(200);
        assertThat(part.header("Content-Length")).isEqualTo(Integer.toString(disk.length));
    }

    @Test
    void images_and_inspect_tell_what_there_is() throws Exception {
        String listed = second.dvcr().run("images").succeeded().stdout();
        String inspected = second.dvcr()
                .run("inspect", copiedByOras.reference())
                .succeeded()
                .stdout();

        assertThat(listed).contains("IMAGE").contains("vms/guest:1").contains("mirror/of/guest:1");
        assertThat(listed).contains("qcow2").contains("64.0 MiB");
        assertThat(inspected)
                .contains("\"virtualSize\" : " + disk.length)
                .contains("\"format\" : \"qcow2\"")
                .contains("\"cdrom\" : false")
                .contains(imported.digest());
    }

    @Test
    void rm_removes_a_name_and_the_image_with_its_last_name() throws Exception {
        Artifact one = new Artifact(second, "to-be/removed", "one");
        Artifact two = new Artifact(second, "to-be/removed", "two");
        Command copy = Command.of(Given.oras(), "cp", "--from-plain-http", "--to-plain-http", imported.fullName());
        copy.and(one.fullName() + ",two").run().succeeded();
        String byDigest = "/v2/to-be/removed/manifests/" + imported.digest();

        second.dvcr().run("rm", one.reference()).succeeded();
        assertThat(one.exists()).isFalse();
        Bytes.assertSame("the disk by its other name", two.raw(), disk);

        second.dvcr().run("rm", two.reference()).succeeded();
        assertThat(two.exists()).isFalse();
        assertThat(second.http().get(byDigest).status()).isEqualTo(404);
        assertThat(second.dvcr().run("images").succeeded().stdout()).doesNotContain("to-be/removed");
        assertThat(second.dvcr().run("rm", two.reference()).failedWith(1).stderr())
                .contains("to-be/removed");
        Bytes.assertSame("the same disk in another repository", copiedByOras.raw(), disk);
    }
}
