package io.dvcr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineOperationSpec;
import io.dvcr.virt.api.VirtualMachineOperationStatus;
import io.dvcr.virt.api.VirtualMachineOperationStatus.Phase;
import io.dvcr.virt.resource.Condition;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.Resources.Event;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GetCommandTest extends CommandBench {
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
}
