package io.dvcr.virt.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.storage.Digest;
import io.dvcr.virt.api.VirtualMachineSpec.Bootloader;
import io.dvcr.virt.api.VirtualMachineSpec.OsType;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Domain.Absent;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.End;
import io.dvcr.virt.runtime.Domain.Inactive;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Images;
import io.dvcr.virt.runtime.MachineDirectory;
import io.dvcr.virt.runtime.Volumes.Volume;
import io.dvcr.virt.volumes.FileVolumes;
import io.dvcr.virt.volumes.Overlays;
import io.dvcr.virt.volumes.VolumeSettings;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real libvirt, with a guest of one sector under TCG. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class LibvirtHypervisorIT {
    private static final Device.Format RAW = Device.Format.RAW;

    private static LibvirtDaemons daemons;

    private final UUID machine = UUID.randomUUID();
    private final String disk = UUID.randomUUID().toString();
    private LibvirtHypervisor hypervisor;

    @TempDir
    Path data;

    @BeforeAll
    static void startDaemons() throws Exception {
        daemons = LibvirtDaemons.running(LibvirtDaemons.uri());
    }

    @AfterAll
    static void stopDaemons() throws IOException {
        daemons.close();
    }

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
        Files.write(data.resolve("disk"), EchoGuest.disk());
        hypervisor = new LibvirtHypervisor(LibvirtDaemons.uri(), new Networking.User());
    }

    @AfterEach
    void leaveNothing() throws IOException {
        hypervisor.destroy(machine);
        hypervisor.undefine(machine);
        assertThat(hypervisor.find(machine)).isEqualTo(new Absent());
        hypervisor.close();
    }

    @Test
    void a_machine_has_a_console_with_a_log_and_a_screen() throws Exception {
        assertThat(hypervisor.find(machine)).isEqualTo(new Absent());
        hypervisor.define(usual().definition());
        assertThat(hypervisor.find(machine)).isEqualTo(new Inactive(End.UNKNOWN));

        hypervisor.start(machine);

        assertThat(hypervisor.find(machine)).isEqualTo(new Active(Activity.RUNNING, Map.of(disk, "vda")));
        awaitLog(EchoGuest.GREETING);
        try (SocketChannel console = connect(directory().consoleSocket())) {
            console.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
            assertThat(read(console, 5)).isEqualTo("hello");
        }
        try (SocketChannel screen = connect(directory().vncSocket())) {
            assertThat(read(screen, 4)).isEqualTo("RFB ");
        }
        hypervisor.destroy(machine);
        assertThat(hypervisor.find(machine)).isEqualTo(new Inactive(End.DESTROYED));
    }

    @Test
    void every_call_can_be_repeated() throws Exception {
        hypervisor.shutdown(machine);
        hypervisor.destroy(machine);
        hypervisor.undefine(machine);
        hypervisor.pause(machine);
        hypervisor.resume(machine);
        hypervisor.detach(machine, disk);
        run(usual());
        hypervisor.define(usual().definition());
        hypervisor.start(machine);
        hypervisor.resume(machine);
        hypervisor.pause(machine);
        hypervisor.pause(machine);
        assertThat(hypervisor.find(machine)).isEqualTo(new Active(Activity.PAUSED, Map.of(disk, "vda")));
        hypervisor.resume(machine);
        hypervisor.resume(machine);
        assertThat(hypervisor.find(machine)).isEqualTo(new Active(Activity.RUNNING, Map.of(disk, "vda")));
        assertThat(hypervisor.guest(machine)).isEmpty();
    }

    @Test
    void disks_come_grow_and_go_while_a_machine_runs() throws Exception {
        run(usual());
        Device added = new Device("more", Files.write(data.resolve("more"), new byte[1 << 20]), RAW, false, false);
        Device image = new Device("sha256:1f", Files.write(data.resolve("image"), new byte[4096]), RAW, true, true);

        hypervisor.attach(machine, added);
        hypervisor.attach(machine, added);
        hypervisor.attach(machine, image);
        assertThat(devices()).isEqualTo(Map.of(disk, "vda", "more", "sda", "sha256:1f", "sdb"));

        grow(added.path(), 2 << 20);
        hypervisor.resize(machine, "more", 2 << 20);
        assertThat(Files.size(added.path())).isEqualTo(2 << 20);

        hypervisor.detach(machine, "more");
        hypervisor.detach(machine, "more");
        await("one disk less", () -> devices().equals(Map.of(disk, "vda", "sha256:1f", "sdb")));
        await("the disk again, once QEMU has let go of its file", () -> isAttached(added));
        assertThat(devices()).containsEntry("more", "sda");

        hypervisor.destroy(machine);
        hypervisor.start(machine);
        assertThat(devices()).isEqualTo(Map.of(disk, "vda"));
    }

    @Test
    void whoever_watches_is_told_of_what_changes() throws Exception {
        Set<UUID> told = ConcurrentHashMap.newKeySet();
        try (Closeable _ = hypervisor.watch(told::add)) {
            await("the start told", () -> {
                hypervisor.destroy(machine);
                run(usual());
                return told.contains(machine);
            });
            told.clear();
            hypervisor.pause(machine);
            await("the pause told", () -> told.contains(machine));
            told.clear();
            hypervisor.resume(machine);
            ProcessHandle qemu = qemu();
            qemu.destroyForcibly();
            await("the crash told", () -> told.contains(machine));
            await("a crash", () -> hypervisor.find(machine).equals(new Inactive(End.CRASHED)));
        }
    }

    @Test
    void a_reboot_ends_a_machine_only_if_a_changed_definition_waits() throws Exception {
        Set<UUID> told = ConcurrentHashMap.newKeySet();
        try (Closeable _ = hypervisor.watch(told::add)) {
            awaitEvents(told);
            run(usual());
            long first = qemu().pid();
            awaitLog(EchoGuest.GREETING);

            reset();
            awaitLog(EchoGuest.GREETING + EchoGuest.GREETING);
            assertThat(qemu().pid()).isEqualTo(first);

            hypervisor.define(usual().cores(2).definition());
            assertThat(hypervisor.find(machine)).isInstanceOf(Active.class);
            reset();
            await("an end", () -> hypervisor.find(machine).equals(new Inactive(End.REBOOTED)));
            hypervisor.define(usual().cores(2).memory(65L << 20).definition());
            try (LibvirtHypervisor next = new LibvirtHypervisor(LibvirtDaemons.uri(), new Networking.User())) {
                assertThat(next.find(machine)).isEqualTo(new Inactive(End.REBOOTED));
                next.start(machine);
            }
            assertThat(qemu().info().commandLine().orElseThrow()).contains("-smp 2");

            hypervisor.destroy(machine);
            assertThat(hypervisor.find(machine)).isEqualTo(new Inactive(End.DESTROYED));
        }
    }

    @ParameterizedTest
    @EnumSource(Bootloader.class)
    void every_firmware_starts(Bootloader bootloader) throws Exception {
        run(usual().bootloader(bootloader));

        assertThat(hypervisor.find(machine)).isInstanceOf(Active.class);
        if (bootloader != Bootloader.BIOS) {
            assertThat(directory().nvram()).exists();
        }
        hypervisor.destroy(machine);
        hypervisor.undefine(machine);
        assertThat(directory().nvram()).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(OsType.class)
    void every_kind_of_guest_gets_devices_that_qemu_has(OsType osType) throws Exception {
        Definitions definition = usual().os(osType);
        run(osType == OsType.LegacyWindows ? definition.notParavirtualized() : definition);

        assertThat(hypervisor.find(machine)).isInstanceOf(Active.class);
        awaitLog(EchoGuest.GREETING);
    }

    @Test
    void a_named_processor_and_a_provisioning_disc_are_given() throws Exception {
        Path disc = Files.write(data.resolve("disc"), new byte[2048]);
        run(usual().processor(1, 50, "Nehalem"));
        hypervisor.destroy(machine);
        run(usual().provisioning(disc));

        assertThat(hypervisor.find(machine)).isEqualTo(new Active(Activity.RUNNING, Map.of(disk, "vda")));
    }

    /** QEMU's user may read what only the owner of the volumes could read before. */
    @Test
    void an_overlay_and_images_that_others_read_too_are_opened() throws Exception {
        byte[] guest = EchoGuest.disk();
        ImageDescription image = new ImageDescription("vms/echo:1", Digest.sha256(guest), guest.length, false);
        ImageDescription iso = new ImageDescription("isos/echo:1", Digest.sha256(guest), guest.length, true);
        UUID other = UUID.randomUUID();
        try (FileVolumes volumes = FileVolumes.open(
                data,
                new EchoImages(),
                new Overlays(QemuTools.on("/usr/bin:/usr/local/bin").qemuImg()),
                VolumeSettings.DEFAULTS)) {
            Device first = volume(volumes, disk, image);
            Device second = volume(volumes, other.toString(), image);
            volumes.createFromImage(iso.digest().toString(), Optional.empty(), iso, guest.length, true, () -> {});
            Device shared = ready(volumes, iso.digest().toString());
            run(Definitions.usual(machine, directory().path(), first, shared));
            hypervisor.define(Definitions.usual(other, data.resolve("other"), second, shared)
                    .definition());
            hypervisor.start(other);

            awaitLog(EchoGuest.GREETING);
            assertThat(hypervisor.find(other)).isInstanceOf(Active.class);
            volumes.grow(disk, 3L << 20);
            hypervisor.resize(machine, disk, 3L << 20);
            assertThat(ready(volumes, disk)).isEqualTo(first);
            assertThat(((Volume.Ready) volumes.find(disk)).bytes()).isEqualTo(3L << 20);
            hypervisor.destroy(machine);
            hypervisor.start(machine);
        } finally {
            hypervisor.destroy(other);
            hypervisor.undefine(other);
        }
    }

    private static Device volume(FileVolumes volumes, String uid, ImageDescription image) throws Exception {
        volumes.createFromImage(uid, Optional.of("overlay"), image, 2L << 20, false, () -> {});
        return ready(volumes, uid);
    }

    private static Device ready(FileVolumes volumes, String uid) throws Exception {
        await("a volume", () -> volumes.find(uid) instanceof Volume.Ready);
        return ((Volume.Ready) volumes.find(uid)).device();
    }

    private Definitions usual() {
        return Definitions.usual(machine, directory().path(), Definitions.disk(disk, data.resolve("disk")));
    }

    private MachineDirectory directory() {
        return new MachineDirectory(data.resolve("machine"));
    }

    private boolean isAttached(Device device) {
        try {
            hypervisor.attach(machine, device);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private void run(Definitions definition) throws IOException {
        hypervisor.define(definition.definition());
        hypervisor.start(machine);
    }

    private Map<String, String> devices() throws IOException {
        return hypervisor.find(machine) instanceof Active(var _, Map<String, String> devices) ? devices : Map.of();
    }

    /** Until events are heard: a domain is defined and undefined until somebody is told. */
    private void awaitEvents(Set<UUID> told) throws Exception {
        await("events", () -> {
            hypervisor.define(usual().definition());
            return told.contains(machine);
        });
    }

    /** As the guest would: QEMU's monitor resets what a guest's own reset does. */
    private void reset() throws Exception {
        try (LibvirtConnection connection = new LibvirtConnection(LibvirtDaemons.uri())) {
            connection.call(connect -> {
                connect.domainLookupByUUID(machine).reset();
                return true;
            });
        }
    }

    private ProcessHandle qemu() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("qemu-system") && line.contains(machine.toString()))
                        .isPresent())
                .findFirst()
                .orElseThrow();
    }

    private void awaitLog(String text) throws Exception {
        Path log = directory().consoleLog();
        await(
                text,
                () -> Files.exists(log)
                        && Files.readString(log, StandardCharsets.ISO_8859_1).contains(text));
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        Instant end = Instant.now().plusSeconds(40);
        while (!condition.call()) {
            if (Instant.now().isAfter(end)) {
                fail("no " + what);
            }
            Thread.sleep(100);
        }
    }

    private static void grow(Path file, long bytes) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.setLength(bytes);
        }
    }

    private static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static String read(SocketChannel channel, int bytes) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(bytes);
        while (answer.hasRemaining() && channel.read(answer) >= 0) {
            // until all of it is there
        }
        return new String(answer.array(), StandardCharsets.US_ASCII);
    }

    /** Whatever is asked for is the echo guest. */
    private static final class EchoImages implements Images {
        @Override
        public ImageDescription describe(String reference) {
            throw new AssertionError("nobody asks for " + reference);
        }

        @Override
        public void download(ImageDescription image, Path target, LongConsumer progress) throws IOException {
            Files.write(target, EchoGuest.disk());
        }
    }
}
