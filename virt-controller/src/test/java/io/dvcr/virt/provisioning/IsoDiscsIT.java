package io.dvcr.virt.provisioning;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dvcr.converters.qemu.Command;
import io.dvcr.converters.qemu.Limits;
import io.dvcr.converters.qemu.Outcome;
import io.dvcr.converters.qemu.Subprocess;
import io.dvcr.virt.runtime.ProvisioningDiscs.Disc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Discs made, and read back, by the real xorriso. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class IsoDiscsIT {
    private static final Path XORRISO = Path.of("/usr/bin/xorriso");
    private static final Disc CLOUD_INIT = new Disc(
            "cidata",
            Map.of("user-data", "#cloud-config\n# geheim\n".getBytes(UTF_8), "meta-data", "x\n".getBytes(UTF_8)));

    private final IsoDiscs discs = new IsoDiscs(XORRISO);

    @TempDir
    Path directory;

    @Test
    void a_disc_has_its_label_and_its_files_by_their_names() throws Exception {
        Path disc = directory.resolve("provisioning.iso");
        discs.make(disc, CLOUD_INIT);

        byte[] content = Files.readAllBytes(disc);
        assertThat(new String(content, 0x8000 + 40, 32, StandardCharsets.US_ASCII).strip())
                .isEqualTo("cidata");
        assertThat(extracted(disc, "user-data")).isEqualTo("#cloud-config\n# geheim\n");
        assertThat(extracted(disc, "meta-data")).isEqualTo("x\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(disc)))
                .isEqualTo("r--------");
        assertThat(directory).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void the_same_content_makes_the_same_disc() throws Exception {
        discs.make(directory.resolve("first.iso"), CLOUD_INIT);
        Thread.sleep(1100); // a second later
        discs.make(directory.resolve("second.iso"), CLOUD_INIT);

        assertThat(directory.resolve("second.iso")).hasSameBinaryContentAs(directory.resolve("first.iso"));
    }

    @Test
    void a_new_disc_takes_the_place_of_the_old_one_and_of_what_a_crash_left() throws Exception {
        Path disc = directory.resolve("provisioning.iso");
        Files.createDirectories(directory.resolve(".provisioning.iso.making/files"));
        discs.make(disc, CLOUD_INIT);
        discs.make(disc, new Disc("sysprep", Map.of("autounattend.xml", "<unattend/>".getBytes(UTF_8))));

        assertThat(extracted(disc, "autounattend.xml")).isEqualTo("<unattend/>");
    }

    @Test
    void what_cannot_be_made_leaves_what_was_there_and_tells_no_secret() throws Exception {
        Path disc = Files.writeString(directory.resolve("provisioning.iso"), "before");

        assertThatIOException()
                .isThrownBy(() -> new IsoDiscs(Path.of("/bin/false")).make(disc, CLOUD_INIT))
                .withMessageContaining("cidata")
                .withMessageNotContaining("geheim");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> discs.make(disc, new Disc("cidata", Map.of("../x", new byte[0]))));

        assertThat(disc).hasContent("before");
        assertThat(directory).isDirectoryNotContaining("glob:**/.*");
    }

    private String extracted(Path disc, String name) throws Exception {
        Path file = directory.resolve(name);
        Outcome outcome = Subprocess.run(
                new Command(List.of(
                        XORRISO.toString(),
                        "-no_rc",
                        "-osirrox",
                        "on",
                        "-indev",
                        disc.toString(),
                        "-extract",
                        "/" + name,
                        file.toString())),
                new Limits(Duration.ofSeconds(20), Duration.ofSeconds(20), 2L << 30, 1 << 20, 1000));
        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        return Files.readString(file);
    }
}
