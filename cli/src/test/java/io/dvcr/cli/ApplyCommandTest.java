package io.dvcr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.cli.resource.ResourceServer;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ApplyCommandTest extends CommandBench {
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
}
