package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Libvirt;
import io.dvcr.e2e.fixture.VirtualMachines;
import io.dvcr.e2e.fixture.WebServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each run policy makes of all that can end a guest; three machines side by side, and one that stays off. */
@EndToEnd
@Timeout(600)
class RunPoliciesIT {
    private static final Duration BOOT_DEADLINE = Duration.ofMinutes(3);
    private static final List<String> RUNNING = List.of("always", "unless", "manual");

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
    void each_policy_has_its_own_answer_to_what_ends_a_guest() throws Exception {
        machines.image("guest", web.serve("guest.qcow2", Given.image("guest.qcow2")));
        machine("always", "AlwaysOn");
        machine("unless", "AlwaysOnUnlessStoppedManually");
        machine("manual", "Manual");
        machine("off", "AlwaysOff");
        machines.awaitPhase("vm", "manual", "Stopped");
        machines.awaitPhase("vm", "off", "Stopped");
        machines.operate("start", "manual");
        allAreUp();

        for (String machine : RUNNING) {
            machines.guest(machine).reboot();
        }
        allAreUp();

        server.kill();
        server.restart();
        allAreUp();

        for (String machine : RUNNING) {
            Libvirt.killQemu(machine + "-" + suffix);
        }
        machines.awaitPhase("vm", "manual", "Stopped");
        machines.operate("start", "manual");
        allAreUp();

        for (String machine : RUNNING) {
            machines.guest(machine).powerOff();
        }
        machines.awaitPhase("vm", "manual", "Stopped");
        machines.awaitPhase("vm", "unless", "Stopped");
        isUp("always");

        assertThat(server.dvcr()
                        .run("vm", "stop", "always-" + suffix)
                        .failedWith(1)
                        .stderr())
                .contains("AlwaysOn");
        assertThat(server.dvcr()
                        .run("vm", "start", "off-" + suffix)
                        .failedWith(1)
                        .stderr())
                .contains("AlwaysOff");
        assertThat(machines.phase("vm", "off")).isEqualTo("Stopped");
        for (String machine : List.of("always", "unless", "manual", "off")) {
            machines.delete("vm", machine);
        }
        assertThat(Libvirt.domainsOf(suffix)).isEmpty();
    }

    private void machine(String name, String policy) throws Exception {
        machines.disk(name, "guest");
        machines.machine(name, policy, "VirtualMachineDisk: " + name);
    }

    private void allAreUp() throws Exception {
        for (String machine : RUNNING) {
            isUp(machine);
        }
    }

    private void isUp(String machine) throws Exception {
        machines.awaitPhase("vm", machine, "Running");
        assertThat(machines.guest(machine).awaitReport(BOOT_DEADLINE).disks()).containsKey("vda");
    }
}
