package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.GuestAgent;
import io.dvcr.e2e.fixture.GuestReport;
import io.dvcr.e2e.fixture.Libvirt;
import io.dvcr.e2e.fixture.VirtualMachines;
import io.dvcr.e2e.fixture.WebServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the resources promise, seen from inside real guests. */
@EndToEnd
@Timeout(300)
class VirtualMachinesIT {
    private static final Duration BOOT_DEADLINE = Duration.ofMinutes(3);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private final String suffix = Libvirt.uniqueMachineName();
    private DvcrServer server;
    private WebServer web;
    private VirtualMachines machines;

    @BeforeEach
    void start() throws Exception {
        web = WebServer.start();
        server = DvcrServer.withMachines();
        machines = new VirtualMachines(server, suffix, directory);
    }

    @AfterEach
    void removeWhatIsLeft() throws Exception {
        try (WebServer _ = web;
                DvcrServer _ = server) {
        } finally {
            Libvirt.remove(suffix);
        }
    }

    @Test
    void a_disk_is_plugged_in_written_to_grown_and_unplugged_while_the_guest_runs() throws Exception {
        GuestAgent guest = boot();
        machines.blankDisk("data", "64Mi");
        machines.attach("more", "web", "data");
        machines.awaitPhase("vmbda", "more", "Attached");
        Eventually.holds("the guest has it", PATIENCE, () -> hot(guest).bytes() == 64 << 20);
        String device = hot(guest).name();
        guest.startWriter(device);

        server.dvcr().run("get", "vmd", "data-" + suffix, "-o", "name").succeeded();
        machines.blankDisk("data", "128Mi");

        Eventually.holds("the guest sees it grow", PATIENCE, () -> hot(guest).bytes() == 128 << 20);
        machines.await("vmd", "data", "/status/capacity", "128Mi");
        Eventually.holds(
                "it goes on writing", PATIENCE, () -> guest.writing(device).rounds() > 1);
        assertThat(guest.stopWriter(device).errors()).isZero();
        guest.write(device, 1, 7, 1);
        machines.delete("vmbda", "more");
        Eventually.holds(
                "the guest has let go",
                PATIENCE,
                () -> guest.report().disks().values().stream()
                        .noneMatch(disk -> disk.name().equals(device)));

        machines.attach("again", "web", "data");
        machines.awaitPhase("vmbda", "again", "Attached");
        Eventually.holds("the guest has it again", PATIENCE, () -> hot(guest).bytes() == 128 << 20);
        assertThat(guest.sum(hot(guest).name(), 1, 1)).isEqualTo(GuestAgent.patternSum(7, 1));
        assertThat(machines.phase("vm", "web")).isEqualTo("Running");
    }

    private GuestReport.Disk hot(GuestAgent guest) throws Exception {
        return guest.report().disks().values().stream()
                .filter(disk -> !disk.name().equals("vda") && !disk.readOnly())
                .findFirst()
                .orElse(new GuestReport.Disk("", 0, false, ""));
    }

    @Test
    void a_golden_image_of_a_stopped_disk_boots_with_what_was_written() throws Exception {
        GuestAgent guest = boot();
        guest.put("kept", "written before the image was made");
        machines.operate("stop", "web");
        machines.apply("""
                apiVersion: virtualization.deckhouse.io/v1alpha2
                kind: VirtualMachineImage
                metadata: {name: golden-$}
                spec: {dataSource: {type: VirtualMachineDisk, virtualMachineDisk: {name: root-$}}}
                ---
                apiVersion: virtualization.deckhouse.io/v1alpha2
                kind: VirtualMachineDisk
                metadata: {name: copy-$}
                spec: {dataSource: {type: VirtualMachineImage, virtualMachineImage: {name: golden-$}}}
                """);
        machines.machine("copy", "AlwaysOn", "VirtualMachineDisk: copy");
        machines.awaitPhase("vm", "copy", "Running");
        GuestAgent copy = machines.guest("copy");
        copy.awaitReport(BOOT_DEADLINE);

        assertThat(copy.get("kept")).isEqualTo("written before the image was made");
        machines.delete("vmi", "golden");
        assertThat(machines.phase("vmd", "copy")).isEqualTo("Ready");
    }

    @Test
    void user_data_reaches_the_guest_and_a_person_uploads_its_disk() throws Exception {
        machines.apply("""
                apiVersion: virtualization.deckhouse.io/v1alpha2
                kind: VirtualMachineDisk
                metadata: {name: mine-$}
                spec: {dataSource: {type: Upload}}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: setup-$}
                stringData: {userData: "#cloud-config\\nhostname: from-a-secret\\n"}
                """);
        machines.machine(
                "mine",
                "AlwaysOn",
                "VirtualMachineDisk: mine",
                "provisioning: {type: UserDataSecret, userDataSecretRef: {name: setup-$}}");
        machines.awaitPhase("vmd", "mine", "WaitForUserUpload");
        String command = machines.get("vmd", "mine").at("/status/uploadCommand").asText();
        String[] words =
                command.replace("FILE", Given.image("guest.qcow2").toString()).split(" ", -1);
        Command curl = Command.of(words[0], "-sS", "--fail-with-body");
        for (int i = 1; i < words.length; i++) {
            curl = curl.and(words[i]);
        }
        curl.run().succeeded();

        machines.awaitPhase("vm", "mine", "Running");
        GuestReport report = machines.guest("mine").awaitReport(BOOT_DEADLINE);

        assertThat(report.provisioning("user-data")).contains("#cloud-config\nhostname: from-a-secret\n");
        assertThat(report.provisioning("meta-data").orElseThrow()).contains("local-hostname: mine-" + suffix);
    }

    @Test
    void an_iso_boots_read_only_and_a_disk_by_efi_with_secure_boot() throws Exception {
        long size = Files.size(Given.image("guest.iso"));
        machines.image("setup", web.serve("setup.iso", Given.image("guest.iso")));
        machines.image("efi", web.serve("efi.raw", Given.image("guest-efi.raw")));
        machines.machine("disc", "AlwaysOn", "ClusterVirtualMachineImage: setup");
        machines.disk("efi", "efi");
        machines.machine("efi", "AlwaysOn", "VirtualMachineDisk: efi", "bootloader: EFIWithSecureBoot");
        machines.awaitPhase("vm", "disc", "Running");
        machines.awaitPhase("vm", "efi", "Running");

        GuestReport disc = machines.guest("disc").awaitReport(BOOT_DEADLINE);
        assertThat(disc.disks().values())
                .anyMatch(disk -> disk.name().equals("sr0") && disk.readOnly() && disk.bytes() == size);
        GuestReport efi = machines.guest("efi").awaitReport(BOOT_DEADLINE);
        assertThat(efi.isEfi()).isTrue();
        assertThat(efi.isSecureBoot()).isTrue();
    }

    @Test
    void changes_wait_for_the_guest_to_reboot() throws Exception {
        GuestAgent guest = boot();
        assertThat(guest.report().cpus()).isEqualTo(1);
        server.dvcr().run("get", "vm", "web-" + suffix).succeeded();
        machines.apply("""
                apiVersion: virtualization.deckhouse.io/v1alpha2
                kind: VirtualMachine
                metadata: {name: web-$}
                spec:
                  runPolicy: AlwaysOn
                  cpu: {cores: 2}
                  memory: {size: 384Mi}
                  terminationGracePeriodSeconds: 20
                  blockDevices: [{type: VirtualMachineDisk, virtualMachineDisk: {name: root-$}}]
                """);
        machines.await("vm", "web", "/status/restartAwaitingChanges/0/path", "cpu.cores");
        machines.await("vm", "web", "/status/run/waitingGeneration", "2");

        guest.reboot();

        Eventually.holds(
                "the guest has two processors",
                BOOT_DEADLINE,
                () -> guest.awaitReport(BOOT_DEADLINE).cpus() == 2);
        machines.await("vm", "web", "/status/restartAwaitingChanges", "");
        assertThat(server.dvcr()
                        .run("describe", "vm", "web-" + suffix)
                        .succeeded()
                        .stdout())
                .contains("Running");
    }

    /** The machine {@code web} on its disk {@code root}. */
    private GuestAgent boot() throws Exception {
        machines.image("guest", web.serve("guest.qcow2", Given.image("guest.qcow2")));
        machines.disk("root", "guest");
        machines.machine("web", "AlwaysOnUnlessStoppedManually", "VirtualMachineDisk: root");
        machines.awaitPhase("vm", "web", "Running");
        GuestAgent guest = machines.guest("web");
        guest.awaitReport(BOOT_DEADLINE);
        return guest;
    }
}
