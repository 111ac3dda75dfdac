package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.Console;
import io.dvcr.e2e.fixture.Dvcr;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Libvirt;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images become running machines: real guests, emulated, so that they boot on any host. */
@EndToEnd
@Timeout(180)
class MachinesIT {
    private static final Duration BOOT_DEADLINE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long GUEST_BYTES = 64L << 20;

    private final String name = Libvirt.uniqueMachineName();
    private DvcrServer server;
    private Dvcr dvcr;
    private WebServer web;

    @BeforeEach
    void start() throws Exception {
        web = WebServer.start();
        server = DvcrServer.withMachines();
        dvcr = server.dvcr();
    }

    /** The server first: it would make again what is taken from it. */
    @AfterEach
    void removeWhatIsLeft() throws Exception {
        try (WebServer _ = web;
                DvcrServer _ = server) {
        } finally {
            Libvirt.remove(name);
        }
    }

    @Test
    void a_copied_image_runs_until_it_is_deleted() throws Exception {
        copyGuestFromAnotherRegistry();

        run("vms/guest:1");
        awaitConsole("GUEST-UP");
        assertThat(consoleLog()).containsPattern("DISK vda " + GUEST_BYTES + " rw");
        assertThat(row()).contains("Running", "TCG", "268435456");
        answersOnItsConsole();

        dvcr.run("vm", "stop", name).succeeded();
        assertThat(row()).contains("Stopped");
        assertThat(consoleLog()).contains("GUEST-DOWN");
        dvcr.run("vm", "start", name).succeeded();
        assertThat(row()).contains("Running");

        JsonNode status = status();
        dvcr.run("delete", "vm", name).succeeded();
        assertIsGone(status);
        assertThat(dvcr.run("images").succeeded().stdout()).contains("vms/guest:1");
    }

    @Test
    void an_image_that_oras_pushed_as_it_is_runs() throws Exception {
        Path guest = Given.image("guest.qcow2");
        Command.of(Given.oras())
                .and("push", "--plain-http", new Artifact(server, "vms/pushed", "1").fullName(), guest.getFileName())
                .in(guest.resolveSibling(""))
                .run()
                .succeeded();
        Eventually.holds(
                "the disk is made",
                BOOT_DEADLINE,
                () -> server.http()
                        .get("/api/v1/images/vms/pushed/1")
                        .json()
                        .path("state")
                        .asText()
                        .equals("Ready"));
        runs("vms/pushed:1");
    }

    @Test
    void an_image_that_was_pushed_from_a_file_runs() throws Exception {
        dvcr.run("push", Given.image("guest.qcow2"), "vms/pushed:2").succeeded();
        runs("vms/pushed:2");
    }

    private void runs(String image) throws Exception {
        run(image);
        awaitConsole("GUEST-UP");
        assertThat(consoleLog()).containsPattern("DISK vda " + GUEST_BYTES + " rw");
        JsonNode status = status();
        dvcr.run("delete", "vm", name).succeeded();
        assertIsGone(status);
    }

    @Test
    void an_iso_by_any_name_boots_as_a_read_only_cdrom() throws Exception {
        long size = Files.size(Given.image("guest.iso"));
        dvcr.run("import", web.serve("image.bin", Given.image("guest.iso")), "isos/guest:1")
                .succeeded();
        assertThat(dvcr.run("inspect", "isos/guest:1").succeeded().stdout()).contains("\"cdrom\" : true");

        run("isos/guest:1");
        awaitConsole("GUEST-UP");

        assertThat(consoleLog()).containsPattern("DISK sr0 " + size + " ro");
        JsonNode status = status();
        dvcr.run("delete", "vm", name).succeeded();
        assertIsGone(status);
    }

    @Test
    void a_machine_outlives_its_server_and_is_taken_up_again() throws Exception {
        dvcr.run("import", web.serve("guest.raw", Given.image("guest.raw")), "vms/guest:1")
                .succeeded();
        run("vms/guest:1");
        awaitConsole("GUEST-UP");

        server.kill();
        server.restart();
        dvcr = server.dvcr();

        Eventually.holds("the machine is listed as running", BOOT_DEADLINE, () -> row().contains("Running"));
        answersOnItsConsole();
        JsonNode status = status();
        dvcr.run("delete", "vm", name).succeeded();
        assertIsGone(status);
    }

    @Test
    void what_cannot_run_is_told_with_its_reason() throws Exception {
        assertThat(dvcr.run("run", "vms/missing:1", "--name", name)
                        .failedWith(1)
                        .stderr())
                .contains("vms/missing");
        assertThat(dvcr.run("vm", "stop", name + "-other").failedWith(1).stderr())
                .contains(name + "-other");
        assertThat(Libvirt.domainsOf(name)).isEmpty();
    }

    private void copyGuestFromAnotherRegistry() throws Exception {
        try (DvcrServer other = DvcrServer.registry()) {
            Artifact origin = new Artifact(other, "vms/guest", "1");
            other.dvcr()
                    .run("import", web.serve("guest.qcow2", Given.image("guest.qcow2")), origin.reference())
                    .succeeded();
            Command.of(Given.oras(), "cp", "--from-plain-http", "--to-plain-http")
                    .and(origin.fullName(), new Artifact(server, "vms/guest", "1").fullName())
                    .run()
                    .succeeded();
        }
    }

    private void run(String image) throws Exception {
        String told = dvcr.run("run", image, "--name", name, "--cpus", 1, "--memory", "256M", "--accelerator", "tcg")
                .succeeded()
                .stdout();
        assertThat(told).contains(name).contains("TCG");
        assertThat(Libvirt.domainsOf(name)).hasSize(1);
    }

    /** Looks at the file, as the command, which it asks at the end, would keep a processor from the guest. */
    private void awaitConsole(String text) throws Exception {
        Path log = Path.of(status().at("/endpoints/consoleLog").asText());
        try {
            Eventually.holds(
                    "the guest says " + text,
                    BOOT_DEADLINE,
                    () -> Files.exists(log) && Files.readString(log).contains(text));
            assertThat(consoleLog()).contains(text);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; it says: " + consoleLog(), e);
        }
    }

    private String consoleLog() throws Exception {
        return dvcr.run("vm", "console", name, "--log").succeeded().stdout();
    }

    /** The quotes make the answer differ from what is typed. */
    private void answersOnItsConsole() throws Exception {
        try (Console console = Console.open(dvcr, name)) {
            console.type("echo he\"\"llo\n");
            console.awaitLine("hello");
            assertThat(console.leave()).isZero();
        }
    }

    private String row() throws IOException, InterruptedException {
        return dvcr.run("get", "vm", "-o", "wide")
                .succeeded()
                .stdout()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("dvcr get vm does not list " + name));
    }

    private JsonNode status() throws IOException, InterruptedException {
        return JSON.readTree(
                        dvcr.run("get", "vm", name, "-o", "json").succeeded().stdout())
                .path("status");
    }

    private void assertIsGone(JsonNode status) throws Exception {
        assertThat(dvcr.run("get", "vm").succeeded().stdout()).doesNotContain(name);
        assertThat(Libvirt.domainsOf(name)).isEmpty();
        assertThat(Path.of(status.at("/endpoints/consoleLog").asText())).doesNotExist();
        Eventually.holds(
                "its disk is gone too",
                BOOT_DEADLINE,
                () -> !dvcr.run("get", "vmd,vmi").succeeded().stdout().contains(name));
        assertThat(server.data().resolve("volumes")).isDirectoryNotContaining("glob:**/*-*-*-*-*");
    }
}
