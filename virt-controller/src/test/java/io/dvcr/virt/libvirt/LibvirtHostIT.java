package io.dvcr.virt.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.host.HostUnavailableException;
import io.dvcr.virt.host.Images;
import io.dvcr.virt.machine.Accelerator;
import io.dvcr.virt.machine.AcceleratorRequest;
import io.dvcr.virt.machine.ImageDescription;
import io.dvcr.virt.machine.Machine;
import io.dvcr.virt.machine.MachineName;
import io.dvcr.virt.machine.MachinePhase;
import io.dvcr.virt.machine.MachineSpec;
import io.dvcr.virt.plan.DomainState.Absent;
import io.dvcr.virt.plan.DomainState.Active;
import io.dvcr.virt.plan.DomainState.Activity;
import io.dvcr.virt.plan.DomainState.End;
import io.dvcr.virt.plan.DomainState.Inactive;
import io.dvcr.virt.plan.KvmSupport;
import io.dvcr.virt.singlehost.MachineController;
import io.dvcr.virt.singlehost.MachineSettings;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
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

/** The whole runtime on the real libvirt, with a guest that boots under TCG. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class LibvirtHostIT {
    private static final String URI = LibvirtHost.defaultUri();
    private static final MachineName ECHO = new MachineName("echo");
    private static final MachineSettings SETTINGS =
            new MachineSettings(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(1), 2);

    private static LibvirtDaemons daemons;

    @TempDir
    Path data;

    private LibvirtHost host;
    private MachineController controller;

    @BeforeAll
    static void startDaemons() throws Exception {
        daemons = LibvirtDaemons.running(URI);
    }

    @AfterAll
    static void stopDaemons() throws IOException {
        daemons.close();
    }

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
        host = new LibvirtHost(URI);
        controller = MachineController.open(data, new EchoImages(), host, SETTINGS);
    }

    @AfterEach
    void leaveNothing() throws Exception {
        List<Machine> left = controller.list();
        for (Machine machine : left) {
            controller.delete(machine.name());
        }
        await("no machine", () -> controller.list().isEmpty());
        controller.close();
        host.close();
    }

    @Test
    void a_machine_boots_talks_on_its_console_stops_and_is_gone() throws Exception {
        Machine running = run("disks/echo:1");

        assertThat(host.find(running.status().uuid())).isEqualTo(new Active(Activity.RUNNING));
        assertThat(running.status().accelerator()).contains(Accelerator.TCG);
        await("a boot log", () -> log(running).contains(EchoGuest.GREETING));
        assertThat(sayOnConsole(running, "hello")).isEqualTo("hello");
        await("the console's log", () -> log(running).contains("hello"));

        controller.stop(ECHO, false);
        awaitPhase(MachinePhase.Stopped);
        assertThat(host.find(running.status().uuid())).isEqualTo(new Inactive(End.DESTROYED));

        controller.start(ECHO);
        awaitPhase(MachinePhase.Running);
        controller.delete(ECHO);
        await("no machine", () -> controller.list().isEmpty());
        assertThat(host.find(running.status().uuid())).isEqualTo(new Absent());
        assertThat(data.resolve("machines")).isDirectoryNotContaining("glob:**/[!.]*");
    }

    @Test
    void a_cdrom_runs_and_is_not_written() throws Exception {
        Machine running = run("isos/echo:1");

        assertThat(host.find(running.status().uuid())).isEqualTo(new Active(Activity.RUNNING));
        assertThat(Files.getPosixFilePermissions(running.status().volume()))
                .noneMatch(permission -> permission.name().endsWith("_WRITE"));
    }

    @Test
    void a_machine_whose_qemu_is_killed_runs_again() throws Exception {
        Machine running = run("disks/echo:1");
        ProcessHandle qemu = qemu(running);

        qemu.destroyForcibly();
        qemu.onExit().join();

        await("another process", () -> ProcessHandle.allProcesses().anyMatch(process -> isOf(running, process)));
        awaitPhase(MachinePhase.Running);
    }

    @Test
    void a_machine_runs_on_while_its_controller_is_away() throws Exception {
        Machine running = run("disks/echo:1");
        long process = qemu(running).pid();

        controller.close();
        controller = MachineController.open(data, new EchoImages(), host, SETTINGS);

        awaitPhase(MachinePhase.Running);
        assertThat(qemu(running).pid()).isEqualTo(process);
    }

    @Test
    void every_call_can_be_repeated() throws Exception {
        Machine running = run("disks/echo:1");

        host.start(running.status().uuid());
        controller.stop(ECHO, true);
        awaitPhase(MachinePhase.Stopped);
        host.destroy(running.status().uuid());
        host.shutdown(running.status().uuid());
        host.undefine(running.status().uuid());
        host.undefine(running.status().uuid());
        host.destroy(running.status().uuid());
        assertThat(host.find(running.status().uuid())).isEqualTo(new Absent());
        assertThatIOException()
                .isThrownBy(() -> host.start(running.status().uuid()))
                .withMessageContaining("Domain not found");
    }

    @Test
    void a_lost_connection_is_made_anew() throws Exception {
        assumeTrue(URI.equals("qemu:///system"), "a user's own libvirt has no socket of a known name");
        Path socket = data.resolve("libvirt-sock");
        try (LibvirtHost distant = new LibvirtHost("qemu+unix:///system?socket=" + socket)) {
            try (UnixProxy _ = new UnixProxy(socket, LibvirtDaemons.SYSTEM_SOCKET)) {
                assertThat(distant.find(UUID.randomUUID())).isEqualTo(new Absent());
            }
            assertThatExceptionOfType(HostUnavailableException.class).isThrownBy(() -> distant.find(UUID.randomUUID()));
            try (UnixProxy _ = new UnixProxy(socket, LibvirtDaemons.SYSTEM_SOCKET)) {
                assertThat(distant.find(UUID.randomUUID())).isEqualTo(new Absent());
            }
            try (UnixProxy _ = new UnixProxy(socket, LibvirtDaemons.SYSTEM_SOCKET)) {
                assertThat(distant.find(UUID.randomUUID())).isEqualTo(new Absent());
            }
        }
    }

    private Machine run(String image) throws Exception {
        controller.create(MachineSpec.parse("echo", image, 1, 64L << 20, tcgOrAuto()));
        return awaitPhase(MachinePhase.Running);
    }

    /** What AUTO makes of it, where it can make TCG of it. */
    private AcceleratorRequest tcgOrAuto() {
        return host.kvm() instanceof KvmSupport.Usable ? AcceleratorRequest.TCG : AcceleratorRequest.AUTO;
    }

    private Machine awaitPhase(MachinePhase phase) throws Exception {
        await(phase.name(), () -> controller.get(ECHO).status().phase() == phase);
        return controller.get(ECHO);
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        Instant end = Instant.now().plusSeconds(40);
        while (!condition.call()) {
            if (Instant.now().isAfter(end)) {
                fail("no " + what + ": " + controller.list());
            }
            Thread.sleep(50);
        }
    }

    private static String log(Machine machine) throws IOException {
        Path log = machine.status().consoleLog();
        return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
    }

    private static String sayOnConsole(Machine machine, String text) throws IOException {
        try (SocketChannel console = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            console.connect(UnixDomainSocketAddress.of(machine.status().consoleSocket()));
            console.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(text.length());
            while (answer.hasRemaining() && console.read(answer) >= 0) {
                // until all of it is there
            }
            return new String(answer.array(), StandardCharsets.US_ASCII);
        }
    }

    private static ProcessHandle qemu(Machine machine) {
        return ProcessHandle.allProcesses()
                .filter(process -> isOf(machine, process))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isOf(Machine machine, ProcessHandle process) {
        return process.info()
                .commandLine()
                .filter(line -> line.contains("qemu-system")
                        && line.contains(machine.status().domain()))
                .isPresent();
    }

    /** Whatever is asked for is the echo guest. */
    private static final class EchoImages implements Images {
        @Override
        public ImageDescription describe(String reference) throws RegistryException {
            byte[] disk = EchoGuest.disk();
            return new ImageDescription(reference, Digest.sha256(disk), disk.length, reference.startsWith("isos/"));
        }

        @Override
        public void download(ImageDescription image, Path target, LongConsumer progress) throws IOException {
            Files.write(target, EchoGuest.disk());
        }
    }
}
