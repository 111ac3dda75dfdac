package io.dvcr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.cli.resource.ResourceServer;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineOperationSpec;
import io.dvcr.virt.api.VirtualMachineOperationStatus;
import io.dvcr.virt.api.VirtualMachineOperationStatus.Phase;
import io.dvcr.virt.resource.Condition;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.Resources.Admission;
import io.dvcr.virt.resource.Resources.Change;
import io.dvcr.virt.resource.Resources.Event;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ResourceCommandsTest {
    private static final String DISK = """
            apiVersion: virtualization.deckhouse.io/v1alpha2
            kind: VirtualMachineDisk
            metadata:
              name: data
              labels: {app: db}
            spec:
              persistentVolumeClaim:
                size: 10Gi
            """;

    private static final String MACHINE = """
            apiVersion: virtualization.deckhouse.io/v1alpha2
            kind: VirtualMachine
            metadata:
              name: web
            spec:
              cpu: {cores: 2}
              memory: {size: 1Gi}
              blockDevices:
              - {type: VirtualMachineDisk, virtualMachineDisk: {name: data}}
            """;

    @TempDir
    Path directory;

    private final List<Admission> admissions = new ArrayList<>();
    private ResourceServer server;

    private record Ended(int code, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        server = new ResourceServer(directory.resolve("resources"), admissions);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Ended run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(Stream.concat(Stream.of(arguments), Stream.of("--server=" + server.url()))
                        .toArray(String[]::new));
        return new Ended(code, out.toString(), err.toString());
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private Ended apply(String text) throws IOException {
        return run("apply", "-f", file("manifest.yaml", text));
    }

    @Test
    void apply_creates_configures_and_leaves_unchanged() throws IOException {
        assertThat(apply(DISK + "---\n" + MACHINE))
                .isEqualTo(new Ended(0, "virtualmachinedisk/data created\nvirtualmachine/web created\n", ""));
        assertThat(apply(DISK)).isEqualTo(new Ended(0, "virtualmachinedisk/data unchanged\n", ""));
        assertThat(apply(DISK.replace("10Gi", "20Gi")))
                .isEqualTo(new Ended(0, "virtualmachinedisk/data configured\n", ""));
        assertThat(apply(DISK.replace("10Gi", "20Gi").replace("app: db", "app: web")))
                .isEqualTo(new Ended(0, "virtualmachinedisk/data configured\n", ""));

        Resource<?, ?> disk = server.resources.get(Kinds.DISK, Key.of("default", "data"));
        assertThat(disk.metadata().labels()).containsEntry("app", "web").hasSize(1);
        assertThat(disk.metadata().generation()).isEqualTo(2);
    }

    @Test
    void apply_leaves_what_controllers_note_in_metadata() throws IOException {
        apply(DISK);
        var disk = server.resources.get(Kinds.DISK, Key.of("default", "data"));
        server.resources.update(disk.withMetadata(disk.metadata().withFinalizers(List.of("dvcr.io/held"))));

        apply(DISK.replace("10Gi", "20Gi"));

        assertThat(server.resources.get(Kinds.DISK, disk.key()).metadata().finalizers())
                .containsExactly("dvcr.io/held");
    }

    @Test
    void apply_goes_on_after_what_is_bad_and_ends_with_1() throws IOException {
        Ended ended = apply("kind: Pod\napiVersion: v1\n---\n" + DISK.replace("10Gi", "ten") + "---\n" + MACHINE
                + "  shiny: true\n");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).isEqualTo("virtualmachine/web created\n");
        assertThat(ended.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("no matches for kind \"Pod\" in version \"v1\""),
                        line -> assertThat(line)
                                .startsWith("Error from server (Invalid): VirtualMachineDisk \"data\" is invalid: ")
                                .contains("\"ten\" is no quantity"),
                        line -> assertThat(line).endsWith("spec.shiny is not honoured"));
    }

    @Test
    void apply_takes_directories_lists_and_json() throws IOException {
        Path manifests = Files.createDirectory(directory.resolve("manifests"));
        Files.writeString(manifests.resolve("b.yaml"), MACHINE);
        Files.writeString(manifests.resolve("a.json"), """
                {"apiVersion":"v1","kind":"List","items":[
                  {"apiVersion":"v1","kind":"Secret","metadata":{"name":"init"},"stringData":{"a":"b"}}]}""");
        Files.writeString(manifests.resolve("README.md"), "no manifest");

        assertThat(run("apply", "-f", manifests.toString()))
                .isEqualTo(new Ended(0, "secret/init created\nvirtualmachine/web created\n", ""));
        assertThat(run("apply", "-f", directory.resolve("none").toString()).err())
                .contains("there is no such file");
        assertThat(run("apply", "-f", file("bad.yaml", "a: [")).code()).isEqualTo(1);
        assertThat(run("apply", "-f", file("empty.yaml", "# nothing\n")).err())
                .isEqualTo("dvcr: no objects passed to apply\n");
    }

    @Test
    void a_dry_run_changes_nothing() throws IOException {
        assertThat(run("apply", "--dry-run", "-f", file("a.yaml", DISK)).out())
                .isEqualTo("virtualmachinedisk/data created (server dry run)\n");
        apply(DISK);
        assertThat(run("apply", "--dry-run", "-f", file("a.yaml", DISK)).out())
                .isEqualTo("virtualmachinedisk/data unchanged (server dry run)\n");
        assertThat(run("apply", "--dry-run", "-f", file("a.yaml", DISK.replace("10Gi", "1Ti")))
                        .out())
                .isEqualTo("virtualmachinedisk/data configured (server dry run)\n");
        assertThat(run("get", "vmd/data", "-o", "yaml").out()).contains("size: 10Gi");
    }

    @Test
    void get_shows_tables() throws IOException {
        assertThat(run("get", "vm")).isEqualTo(new Ended(0, "", "No resources found in default namespace.\n"));
        assertThat(run("get", "vm", "-A")).isEqualTo(new Ended(0, "", "No resources found\n"));
        apply(DISK + "---\n" + MACHINE);

        assertThat(run("get", "vmds").out()).matches("""
                NAME   PHASE     CAPACITY   PROGRESS   AGE
                data   Pending                         [0-9]+s
                """);
        assertThat(run("get", "virtualmachine", "web", "-o", "wide")
                        .out()
                        .lines()
                        .findFirst())
                .contains(
                        "NAME   PHASE     UPTIME   CORES   MEMORY   ACCELERATOR   NEED RESTART   NODE   IPADDRESS   AGE");
        assertThat(run("get", "vmd,vm").out()).matches("""
                NAME                      PHASE     CAPACITY   PROGRESS   AGE
                virtualmachinedisk/data   Pending                         [0-9]+s

                NAME                 PHASE     UPTIME   IPADDRESS   AGE
                virtualmachine/web   Pending                        [0-9]+s
                """);
        assertThat(run("get", "all", "-o", "name").out()).isEqualTo("virtualmachinedisk/data\nvirtualmachine/web\n");
        assertThat(run("get", "vmd", "-A", "--no-headers").out()).startsWith("default   data   Pending");
        assertThat(run("get", "vmd", "-l", "app=web").err()).startsWith("No resources found");
        assertThat(run("get", "vmd", "-l", "app=db", "-o", "name").out()).isEqualTo("virtualmachinedisk/data\n");
        assertThat(run("get", "vmd", "-n", "other").err()).isEqualTo("No resources found in other namespace.\n");
    }

    @Test
    void get_writes_what_apply_takes() throws IOException {
        apply(DISK + "---\n" + MACHINE);

        String yaml = run("get", "all", "-o", "yaml").out();
        assertThat(yaml).startsWith("apiVersion: v1\nkind: List\n");
        assertThat(apply(yaml).out()).isEqualTo("virtualmachinedisk/data unchanged\nvirtualmachine/web unchanged\n");
        assertThat(apply(run("get", "vm", "web", "-o", "json").out()).out())
                .isEqualTo("virtualmachine/web unchanged\n");
    }

    @Test
    void what_is_not_there_is_told_as_kubectl_does() throws IOException {
        assertThat(run("get", "vm", "web"))
                .isEqualTo(
                        new Ended(
                                1,
                                "",
                                "Error from server (NotFound): virtualmachines.virtualization.deckhouse.io \"web\" not found\n"));
        apply(MACHINE);
        Ended some = run("get", "vm/web", "vm/db", "-o", "name");
        assertThat(some.code()).isEqualTo(1);
        assertThat(some.out()).isEqualTo("virtualmachine/web\n");
        assertThat(some.err()).contains("\"db\" not found");
        assertThat(run("get", "vm", "db", "--ignore-not-found")).isEqualTo(new Ended(0, "", ""));
        assertThat(run("get", "pods").err()).isEqualTo("dvcr: the server doesn't have a resource type \"pods\"\n");
        assertThat(run("get", "vm", "..").code()).isEqualTo(1);
    }

    @Test
    void get_follows_changes() throws Exception {
        apply(DISK);
        StringWriter out = new StringWriter();
        Thread watching = Thread.ofVirtual()
                .start(() -> Main.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(new StringWriter(), true))
                        .execute("get", "vmd", "-w", "-o", "name", "--server=" + server.url()));
        await(() -> out.toString().equals("virtualmachinedisk/data\n"));
        apply(DISK.replace("name: data", "name: more"));
        await(() -> out.toString().equals("virtualmachinedisk/data\nvirtualmachinedisk/more\n"));
        run("delete", "vmd", "data");
        await(() -> out.toString().endsWith("more\nvirtualmachinedisk/data\n"));
        watching.interrupt();
        watching.join();
    }

    @Test
    void describe_tells_conditions_and_events() throws IOException {
        apply(MACHINE);
        var operation = server.resources.create(Resource.of(
                Kinds.OPERATION,
                Key.of("default", "restart"),
                new VirtualMachineOperationSpec(VirtualMachineOperationSpec.Type.Restart, "web", false)));
        Instant now = Instant.now();
        Condition condition = new Condition("Completed", Condition.Status.False, "Waiting", "no host\nnow", 1, now);
        server.resources.updateStatus(
                operation.withStatus(new VirtualMachineOperationStatus(Phase.Pending, List.of(condition), 1)));
        server.resources.note(operation, Event.warning("Slow", "no host", now));
        server.resources.note(operation, Event.warning("Slow", "no host", now));

        String text = run("describe", "vmop", "restart").out();

        assertThat(text)
                .contains("Name:         restart\n", "Labels:       <none>\n", "  type: Restart\n")
                .containsPattern("  Completed   False    Waiting   [0-9]+s +no host now\n")
                .containsPattern("  Warning   Slow     [0-9]+s \\(x2 over [0-9]+s\\)   no host\n");
        assertThat(run("describe", "vm/web").out()).contains("Events:       <none>\n");
    }

    @Test
    void describe_does_not_show_secrets() throws IOException {
        apply("{apiVersion: v1, kind: Secret, metadata: {name: key}, stringData: {password: hunter2}}");

        assertThat(run("describe", "secret", "key").out())
                .contains("password: 7 bytes")
                .doesNotContain("hunter2", "aHVudGVyMg");
    }

    @Test
    void delete_waits_until_they_are_gone() throws Exception {
        apply(DISK + "---\n" + MACHINE);
        assertThat(run("delete", "vm", "web")).isEqualTo(new Ended(0, "virtualmachine \"web\" deleted\n", ""));
        assertThat(run("delete", "vm/web").code()).isEqualTo(1);
        assertThat(run("delete", "vm/web", "--ignore-not-found")).isEqualTo(new Ended(0, "", ""));
        assertThat(run("delete", "vmd").err()).contains("no name was specified");

        var disk = server.resources.get(Kinds.DISK, Key.of("default", "data"));
        server.resources.update(disk.withMetadata(disk.metadata().withFinalizers(List.of("held"))));
        assertThat(run("delete", "vmd/data", "--wait=false").code()).isZero();
        Thread waiting = Thread.ofVirtual()
                .start(() -> assertThat(run("wait", "vmd/data", "--for=delete").code())
                        .isZero());
        var terminating = server.resources.get(Kinds.DISK, disk.key());
        server.resources.update(terminating.withMetadata(terminating.metadata().withFinalizers(List.of())));
        waiting.join();
        assertThat(server.resources.list(Kinds.DISK)).isEmpty();

        apply(DISK + "---\n" + MACHINE);
        assertThat(run("delete", "-f", directory.resolve("manifest.yaml").toString())
                        .out())
                .isEqualTo("virtualmachinedisk \"data\" deleted\nvirtualmachine \"web\" deleted\n");
        apply(DISK);
        assertThat(run("delete", "vmd", "-l", "app=db").out()).isEqualTo("virtualmachinedisk \"data\" deleted\n");
    }

    @Test
    void wait_tells_what_it_waited_for_in_vain() throws IOException {
        apply(MACHINE);

        assertThat(run("wait", "vm/web", "--for=jsonpath={.status.phase}=Pending"))
                .isEqualTo(new Ended(0, "virtualmachine/web condition met\n", ""));
        Ended late = run("wait", "vm", "web", "--for=condition=Ready", "--timeout=10ms");
        assertThat(late)
                .isEqualTo(
                        new Ended(1, "", "dvcr: timed out waiting for condition Ready=True on virtualmachine/web\n"));
        assertThat(run("wait", "vm/db", "--for=condition=Ready").err()).contains("NotFound");
        assertThat(run("wait", "vm/db", "--for=delete").code()).isZero();
        assertThat(run("wait", "vm/web", "--for=nonsense").code()).isEqualTo(2);
    }

    @Test
    void edit_comes_again_with_the_error_until_it_is_right() throws IOException {
        apply(DISK);
        String editor = file("editor.sh", """
                #!/bin/sh
                if grep -q 'is no quantity' "$1"; then sed -i 's/size: ten/size: 30Gi/' "$1"
                else sed -i 's/size: 10Gi/size: ten/' "$1"; fi
                """);

        Ended edited = run("edit", "vmd/data", "--editor", "sh " + editor);

        assertThat(edited.code()).as(edited.err()).isZero();
        assertThat(edited.out()).isEqualTo("virtualmachinedisk/data edited\n");
        assertThat(run("get", "vmd/data", "-o", "yaml").out()).contains("size: 30Gi");
        assertThat(run("edit", "vmd", "data", "--editor", "true").err())
                .isEqualTo("Edit cancelled, no changes made.\n");
        Ended bad = run("edit", "vmd", "data", "--editor", "sed -i 's/size: 30Gi/size: x/'");
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.err()).contains("A copy of your changes", "edit cancelled, no valid changes were saved");
        assertThat(run("edit", "vmd", "data", "--editor", "false").err()).contains("ended with 1");
    }

    @Test
    void explain_knows_every_field() {
        Ended cores = runPlain("explain", "vm.spec.cpu.cores");
        assertThat(cores.out()).isEqualTo("""
                KIND:       VirtualMachine
                VERSION:    virtualization.deckhouse.io/v1alpha2

                FIELD: cores <integer> -required-
                    minimum: 1
                    maximum: 248

                DESCRIPTION:
                    How many there are.
                """);
        assertThat(runPlain("explain", "vm.spec").out())
                .contains("  runPolicy\t<string>\n    enum: AlwaysOn, AlwaysOff", "    default: BIOS");
        assertThat(runPlain("explain", "vmd", "--recursive").out())
                .contains("    persistentVolumeClaim\t<Object>\n      size\t");
        assertThat(runPlain("explain", "secret").out()).contains("  data\t<map[string]string>");
        assertThat(runPlain("explain").out()).containsPattern("virtualmachines +vm,vms ");
        Ended wrong = runPlain("explain", "vm.spec.colour");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).isEqualTo("dvcr: field \"colour\" does not exist in VirtualMachine.spec\n");
    }

    private static Ended runPlain(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Ended(code, out.toString(), err.toString());
    }

    @Test
    void operations_are_followed_to_their_end() throws IOException {
        apply(MACHINE);
        try (Closeable _ = server.resources.watch(this::complete)) {
            assertThat(run("vm", "restart", "web", "--force"))
                    .isEqualTo(new Ended(0, "virtualmachine/web restarted\n", ""));
            Ended failed = run("vm", "pause", "web");
            assertThat(failed.code()).isEqualTo(1);
            assertThat(failed.err()).matches("dvcr: operation web-pause-[a-z0-9]{5} failed: it is off \\(Off\\)\n");
            assertThat(run("vm", "start", "web", "--wait=false").out())
                    .matches("virtualmachineoperation/web-start-[a-z0-9]{5} created\n");
        }
        assertThat(run("vm", "stop", "db").err())
                .contains("virtualmachines.virtualization.deckhouse.io \"db\" not found");
        run("delete", "vm/web");
        assertThat(server.resources.list(Kinds.OPERATION)).isEmpty();
    }

    /** In the place of the controller: all succeeds but pausing. */
    private void complete(Change change) {
        if (change.kind() == Change.Kind.ADDED && change.resource().type().equals(Kinds.OPERATION)) {
            boolean fails = change.resource().key().name().contains("pause");
            Condition condition = new Condition(
                    "Completed",
                    fails ? Condition.Status.False : Condition.Status.True,
                    "Off",
                    fails ? "it is off" : "",
                    1,
                    Instant.now());
            try {
                server.resources.updateStatus(server.resources
                        .get(Kinds.OPERATION, change.resource().key())
                        .withStatus(new VirtualMachineOperationStatus(
                                fails ? Phase.Failed : Phase.Completed, List.of(condition), 1)));
            } catch (IOException | RegistryException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void a_machine_that_is_off_has_no_console() throws IOException {
        apply(MACHINE);

        assertThat(run("vm", "console", "web").err())
                .isEqualTo("dvcr: virtualmachine/web has no console now: it is Pending\n");
        assertThat(run("vm", "vnc", "web").err()).isEqualTo("dvcr: virtualmachine/web has no vnc now: it is Pending\n");
    }

    @Test
    void what_is_not_admitted_is_told() throws IOException {
        admissions.add((_, _) -> {
            throw new RegistryException(new RequestInvalid("spec: it cannot be changed"));
        });
        server.close();
        server = new ResourceServer(directory.resolve("resources"), admissions);
        apply(DISK);

        assertThat(apply(DISK.replace("10Gi", "20Gi")))
                .isEqualTo(
                        new Ended(
                                1,
                                "",
                                "Error from server (Invalid): VirtualMachineDisk \"data\" is invalid: spec: it cannot be changed\n"));
    }

    private interface Check {
        boolean holds();
    }

    private static void await(Check check) throws InterruptedException {
        long start = System.nanoTime();
        while (!check.holds()) {
            assertThat(System.nanoTime() - start).as("waited long enough").isLessThan(20_000_000_000L);
            Thread.sleep(5);
        }
    }
}
