package io.dvcr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.cli.resource.ResourceServer;
import io.dvcr.virt.resource.Resources.Admission;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server of resources, and the command line that talks to it. */
abstract class CommandBench {
    static final String DISK = """
            apiVersion: virtualization.deckhouse.io/v1alpha2
            kind: VirtualMachineDisk
            metadata:
              name: data
              labels: {app: db}
            spec:
              persistentVolumeClaim:
                size: 10Gi
            """;

    static final String MACHINE = """
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

    final List<Admission> admissions = new ArrayList<>();
    ResourceServer server;

    record Ended(int code, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        server = new ResourceServer(directory.resolve("resources"), admissions);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    final Ended run(String... arguments) {
        return runPlain(Stream.concat(Stream.of(arguments), Stream.of("--server=" + server.url()))
                .toArray(String[]::new));
    }

    static Ended runPlain(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Ended(code, out.toString(), err.toString());
    }

    final String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    final Ended apply(String text) throws IOException {
        return run("apply", "-f", file("manifest.yaml", text));
    }

    /** Something that may be so or not. */
    interface Check {
        boolean holds();
    }

    static void await(Check check) throws InterruptedException {
        long start = System.nanoTime();
        while (!check.holds()) {
            assertThat(System.nanoTime() - start).as("waited long enough").isLessThan(20_000_000_000L);
            Thread.sleep(5);
        }
    }
}
