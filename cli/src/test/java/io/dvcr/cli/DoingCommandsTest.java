package io.dvcr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineOperationStatus;
import io.dvcr.virt.api.VirtualMachineOperationStatus.Phase;
import io.dvcr.virt.resource.Condition;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resources.Change;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DoingCommandsTest extends CommandBench {
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
}
