package io.dvcr.registry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.disk.CorruptChunkException;
import io.dvcr.converters.format.ImageException;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RegistryCredentials;
import io.dvcr.importers.registry.RegistryPatience;
import io.dvcr.importers.registry.RemoteImage;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.transfer.DiskPull;
import io.dvcr.importers.transfer.DiskPush;
import io.dvcr.importers.transfer.PulledDisk;
import io.dvcr.importers.transfer.PushReport;
import io.dvcr.registry.FaultyProxy.Fault;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disks between files and a registry over real HTTP: what arrives, and what travels for it. */
class TransferTest extends RegistryTest {
    private static final int MIB = 1 << 20;
    private static final byte[] OLD = disk();
    private static final RegistryPatience IMPATIENT =
            new RegistryPatience(Duration.ofMillis(300), new Backoff(4, Duration.ofMillis(1), Duration.ofMillis(4)));

    private Path directory = Path.of("");
    private Path output = Path.of("");

    @BeforeEach
    void takeDirectory(@TempDir Path given) {
        directory = given;
        output = given.resolve("disk.img");
    }

    /** 12 MiB, of which 8 are random and 4 in the middle are zero; the end is no whole block. */
    private static byte[] disk() {
        byte[] disk = bytes(12 * MIB + 100);
        Arrays.fill(disk, 4 * MIB, 8 * MIB, (byte) 0);
        return disk;
    }

    /** The same with half a MiB changed, and 2 MiB moved into the gap. */
    private static byte[] changed() {
        byte[] disk = OLD.clone();
        new Random(7).nextBytes(disk);
        byte[] changed = OLD.clone();
        System.arraycopy(disk, 0, changed, MIB, MIB / 2);
        System.arraycopy(OLD, 9 * MIB, changed, 5 * MIB, 2 * MIB);
        return changed;
    }

    private ImageReference image(String tag) {
        return ImageReference.parse(repository + ":" + tag);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    private PulledDisk pull(URI registry, String tag, Optional<Path> base) throws IOException {
        RegistryClient client = new RegistryClient(registry, RegistryCredentials.NONE, Optional.empty(), IMPATIENT);
        return new DiskPull(client, image(tag), base, (_, _) -> {}).to(output);
    }

    private PulledDisk pull(String tag) throws IOException {
        return pull(server.url(""), tag, Optional.empty());
    }

    private PushReport push(URI registry, Path file, ImageReference target, Optional<ImageReference> base)
            throws IOException {
        RegistryClient client = new RegistryClient(registry, RegistryCredentials.NONE, Optional.empty(), IMPATIENT);
        return new DiskPush(client, target, base, Clock.systemUTC(), (_, _, _) -> {}).from(file, Optional.empty());
    }

    private PushReport push(byte[] disk, String tag) throws IOException {
        return push(server.url(""), file(tag, disk), image(tag), Optional.empty());
    }

    private List<Path> partialFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".partial")).toList();
        }
    }

    private Path partialOf(String tag) throws IOException {
        String digest = RemoteImage.find(new RegistryClient(server.url("")), image(tag))
                .digest()
                .hex();
        return directory.resolve("disk.img." + digest.substring(0, 12) + ".partial");
    }

    @Test
    void what_is_pushed_comes_back() throws IOException {
        PushReport pushed = push(OLD, "1");
        assertThat(pushed.format()).isEqualTo("raw");
        assertThat(pushed.sent()).isBetween(8L * MIB, 8L * MIB + MIB / 4);

        PulledDisk pulled = pull("1");
        assertThat(Files.readAllBytes(output)).isEqualTo(OLD);
        assertThat(pulled.usedSize()).isEqualTo(pushed.disk().usedSize());
        assertThat(pulled.received()).isBetween(8L * MIB, 8L * MIB + MIB / 4);
        assertThat(partialFiles()).isEmpty();
        assertThat(output.toFile().length()).isEqualTo(OLD.length);
    }

    @Test
    void a_base_saves_what_it_has_wherever_that_lies() throws IOException {
        push(changed(), "2");
        PulledDisk pulled = pull(server.url(""), "2", Optional.of(file("old.img", OLD)));
        assertThat(Files.readAllBytes(output)).isEqualTo(changed());
        assertThat(pulled.received()).isLessThan((long) (1.15 * MIB));
        assertThat(pulled.copied()).isGreaterThan(9L * MIB);
    }

    @Test
    void a_pull_that_was_cut_goes_on_and_trusts_nothing() throws IOException {
        push(OLD, "1");
        byte[] halfDone = OLD.clone();
        Arrays.fill(halfDone, 10 * MIB, 11 * MIB, (byte) 0);
        halfDone[MIB]++;
        Files.write(partialOf("1"), Arrays.copyOf(halfDone, 12 * MIB));

        PulledDisk pulled = pull("1");
        assertThat(Files.readAllBytes(output)).isEqualTo(OLD);
        assertThat(pulled.kept()).isBetween(6L * MIB, 7L * MIB);
        assertThat(pulled.received()).isBetween(1L * MIB, 2L * MIB);
        assertThat(partialFiles()).isEmpty();
    }

    @Test
    void a_pull_that_fails_leaves_what_it_has_and_one_of_another_image_removes_it() throws IOException {
        String pack = push(OLD, "1").disk().packs().getFirst().digest().toString();
        push(changed(), "2");
        try (FaultyProxy refusing = new FaultyProxy(server, Fault.REFUSES, request -> request.contains(pack))) {
            assertThatThrownBy(() -> pull(refusing.url(), "1", Optional.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("denies access to blob");
        }
        assertThat(partialFiles()).containsExactly(partialOf("1"));
        assertThat(output).doesNotExist();
        pull("2");
        assertThat(partialFiles()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"IGNORES_RANGES", "CUTS", "STALLS", "UNAVAILABLE"})
    void a_registry_that_fails_in_passing_or_knows_no_ranges_is_borne_with(Fault fault) throws IOException {
        push(OLD, "1");
        try (FaultyProxy proxy = new FaultyProxy(server, fault, request -> request.startsWith("GET"))) {
            pull(proxy.url(), "1", Optional.empty());
        }
        assertThat(Files.readAllBytes(output)).isEqualTo(OLD);
    }

    @Test
    void a_pack_that_is_not_what_the_index_says_is_named() throws IOException {
        PushReport pushed = push(OLD, "1");
        String pack = pushed.disk().packs().getFirst().digest().toString();
        try (FaultyProxy proxy = new FaultyProxy(server, Fault.LIES, request -> request.contains(pack))) {
            assertThatThrownBy(() -> pull(proxy.url(), "1", Optional.empty()))
                    .isInstanceOf(CorruptChunkException.class)
                    .hasMessageContaining(pack);
        }
        assertThat(output).doesNotExist();
    }

    @Test
    void a_changed_disk_sends_what_has_changed_and_an_equal_one_nothing_but_its_configuration() throws IOException {
        push(OLD, "1");
        assertThat(push(changed(), "2").sent()).isLessThan((long) (1.15 * MIB));
        assertThat(push(OLD, "3").sent()).isLessThan(1024);
        pull("2");
        assertThat(Files.readAllBytes(output)).isEqualTo(changed());
    }

    @Test
    void a_base_in_another_repository_is_mounted() throws IOException {
        push(OLD, "1");
        ImageReference elsewhere = ImageReference.parse("elsewhere/" + repository + ":2");
        Path file = file("new.img", changed());
        PushReport pushed = push(server.url(""), file, elsewhere, Optional.of(image("1")));
        assertThat(pushed.sent()).isLessThan((long) (1.15 * MIB));
        RegistryClient client = new RegistryClient(server.url(""));
        new DiskPull(client, elsewhere, Optional.empty(), (_, _) -> {}).to(output);
        assertThat(Files.readAllBytes(output)).isEqualTo(changed());
    }

    @Test
    void a_base_that_cannot_be_mounted_is_stored_anew() throws IOException {
        push(OLD, "1");
        ImageReference elsewhere = ImageReference.parse("elsewhere/" + repository + ":2");
        try (FaultyProxy proxy = new FaultyProxy(server, Fault.REFUSES, request -> request.contains("mount="))) {
            PushReport pushed = push(proxy.url(), file("new.img", OLD), elsewhere, Optional.of(image("1")));
            assertThat(pushed.sent()).isGreaterThan(8L * MIB);
        }
    }

    @Test
    void a_push_that_was_cut_does_not_send_again_what_arrived() throws IOException {
        Path file = file("disk", OLD);
        try (FaultyProxy refusing =
                new FaultyProxy(server, Fault.REFUSES, request -> request.contains("/manifests/"))) {
            assertThatThrownBy(() -> push(refusing.url(), file, image("1"), Optional.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("denies access to " + repository + ":1");
        }
        assertThat(server.get("/v2/" + repository + "/manifests/1").statusCode())
                .isEqualTo(404);
        assertThat(push(server.url(""), file, image("1"), Optional.empty()).sent())
                .isLessThan(1024);
    }

    @Test
    void uploads_that_fail_in_passing_are_begun_again() throws IOException {
        try (FaultyProxy proxy = new FaultyProxy(server, Fault.UNAVAILABLE, request -> request.startsWith("PUT"))) {
            push(proxy.url(), file("disk", OLD), image("1"), Optional.empty());
        }
        pull("1");
        assertThat(Files.readAllBytes(output)).isEqualTo(OLD);
    }

    @Test
    void hostile_and_mistaken_files_are_refused_and_leave_nothing() throws IOException {
        Path vmdk = file("disk.vmdk", "COWD and more".getBytes(ISO_8859_1));
        assertThatThrownBy(() -> push(server.url(""), vmdk, image("1"), Optional.empty()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("vmdk");
        Path empty = file("empty", new byte[0]);
        assertThatThrownBy(() -> push(server.url(""), empty, image("1"), Optional.empty()))
                .isInstanceOf(ImageException.class);
        DiskPush declared = new DiskPush(
                new RegistryClient(server.url("")), image("1"), Optional.empty(), Clock.systemUTC(), (_, _, _) -> {});
        assertThatThrownBy(() -> declared.from(file("raw", OLD), Optional.of(ImageFormat.QCOW2)))
                .isInstanceOf(ImageException.class);
        assertThat(server.get("/v2/" + repository + "/tags/list").statusCode()).isEqualTo(404);
    }

    @Test
    void a_base_that_is_not_there_and_a_target_without_a_tag_are_told() throws IOException {
        Path file = file("disk", OLD);
        assertThatThrownBy(() -> push(server.url(""), file, image("2"), Optional.of(image("1"))))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("manifest 1 is not in repository");
        ImageReference exact = ImageReference.parse(repository + "@sha256:" + "0".repeat(64));
        assertThatThrownBy(() -> push(server.url(""), file, exact, Optional.empty()))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("pushed to a tag");
    }
}
