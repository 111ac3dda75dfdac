package io.dvcr.virt.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.dvcr.virt.api.VirtualMachineSpec.Bootloader;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Domain.Absent;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.End;
import io.dvcr.virt.runtime.Domain.Inactive;
import io.dvcr.virt.runtime.Hypervisor.Guest;
import io.dvcr.virt.runtime.MachineDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real libvirt, with Linux as its guest, under TCG: what the guest sees of what is done to its machine. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(240)
class LibvirtGuestIT {
    private static final String ROOT = "root0000-1111-2222-3333";
    private static final String DATA = "data0000-1111-2222-3333";
    private static final long MEMORY = 512L << 20;

    private static LibvirtDaemons daemons;

    private final UUID machine = UUID.randomUUID();
    private final Set<UUID> told = ConcurrentHashMap.newKeySet();
    private LibvirtHypervisor hypervisor;
    private Closeable watch;
    private GuestConsole guest;

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
    void open() throws Exception {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
        hypervisor = new LibvirtHypervisor(LibvirtDaemons.uri(), new Networking.User());
        watch = hypervisor.watch(told::add);
        MachineDirectory directory = new MachineDirectory(data.resolve("machine"));
        guest = new GuestConsole(directory.consoleSocket(), directory.consoleLog());
    }

    @AfterEach
    void leaveNothing() throws IOException {
        watch.close();
        hypervisor.destroy(machine);
        hypervisor.undefine(machine);
        assertThat(hypervisor.find(machine)).isEqualTo(new Absent());
        hypervisor.close();
    }

    @Test
    void disks_are_plugged_grown_and_unplugged_while_the_guest_writes() throws Exception {
        run(definition("guest.raw"));
        Device added = new Device(DATA, blank("data", 8 << 20), Device.Format.RAW, false, false);

        hypervisor.attach(machine, added);
        await("the disk in the guest", () -> guest.said().contains("DISK sda " + (8 << 20) + " rw"));
        assertThat(guest.ask("report"))
                .anyMatch(line -> line.startsWith("disk sda") && line.endsWith(DATA.substring(0, 20)));
        guest.ask("writer start sda");
        grow(added.path(), 16 << 20);
        hypervisor.resize(machine, DATA, 16 << 20);
        await("the size in the guest", () -> guest.said().contains("DISK sda " + (16 << 20) + " rw"));
        await("rounds", () -> !guest.ask("writer status sda").getFirst().startsWith("rounds 0 "));
        assertThat(guest.ask("writer stop sda").getFirst()).endsWith("errors 0");

        guest.ask("writer start sda");
        told.clear();
        hypervisor.detach(machine, DATA);
        await("the disk gone", () -> devices().equals(Map.of(ROOT, "vda")));
        await("the end of the disk in the guest", () -> guest.said().contains("GONE sda"));
        assertThat(told).contains(machine);
    }

    @Test
    void the_agent_in_the_guest_answers_and_a_reboot_with_a_change_gives_it_other_processors() throws Exception {
        Definitions definition = definition("guest.raw");
        run(definition);
        await("the agent", () -> hypervisor.guest(machine).isPresent());
        assertThat(hypervisor.guest(machine))
                .hasValueSatisfying(system -> {
                    assertThat(system.id()).contains("dvcr-guest");
                    assertThat(system.prettyName()).contains("DVCR test guest");
                    assertThat(system.address()).contains("10.0.2.15");
                })
                .map(Guest::kernel)
                .get()
                .isNotEqualTo(Optional.empty());

        guest.ask("reboot");
        await("another boot", () -> guest.boots() == 2);
        guest.awaitReport();
        assertThat(hypervisor.find(machine)).isInstanceOf(Active.class);

        hypervisor.define(definition.cores(2).definition());
        guest.ask("reboot");
        await("the end of the domain", () -> hypervisor.find(machine).equals(new Inactive(End.REBOOTED)));
        hypervisor.start(machine);
        assertThat(guest.awaitReport()).contains("cpus 2");

        guest.ask("poweroff");
        await("the power off", () -> hypervisor.find(machine).equals(new Inactive(End.POWERED_OFF)));
    }

    @Test
    void the_power_button_is_pressed_and_obeyed() throws Exception {
        run(definition("guest.raw"));

        hypervisor.shutdown(machine);

        await("an end", () -> hypervisor.find(machine).equals(new Inactive(End.POWERED_OFF)));
    }

    @Test
    void a_guest_boots_by_efi_with_secure_boot() throws Exception {
        run(definition("guest-efi.raw").bootloader(Bootloader.EFIWithSecureBoot));

        assertThat(guest.ask("report")).contains("firmware efi", "secure-boot yes");
    }

    private Definitions definition(String image) throws IOException {
        Path disk = Files.copy(GuestConsole.image(image), data.resolve("disk"));
        return Definitions.usual(machine, data.resolve("machine"), Definitions.disk(ROOT, disk))
                .memory(MEMORY);
    }

    private void run(Definitions definition) throws Exception {
        hypervisor.define(definition.definition());
        hypervisor.start(machine);
        guest.awaitReport();
        assertThat(told).contains(machine);
        assertThat(hypervisor.find(machine)).isEqualTo(new Active(Activity.RUNNING, Map.of(ROOT, "vda")));
    }

    private Map<String, String> devices() throws IOException {
        return hypervisor.find(machine) instanceof Active(var _, Map<String, String> devices) ? devices : Map.of();
    }

    private Path blank(String name, long bytes) throws IOException {
        return grow(data.resolve(name), bytes);
    }

    private static Path grow(Path file, long bytes) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.setLength(bytes);
        }
        return file;
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        Instant end = Instant.now().plusSeconds(90);
        while (!condition.call()) {
            if (Instant.now().isAfter(end)) {
                fail("no " + what + "; the guest says " + guest.said());
            }
            Thread.sleep(100);
        }
    }
}
