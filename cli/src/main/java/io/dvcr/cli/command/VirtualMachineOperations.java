package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.Polling;
import io.dvcr.cli.client.ResourceClient;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineOperationSpec;
import io.dvcr.virt.resource.Key;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that do something to a machine once, each by a VirtualMachineOperation. */
final class VirtualMachineOperations {
    private VirtualMachineOperations() {}

    /** What all of them do. */
    abstract static class Operation extends ResourceCommand {
        private final VirtualMachineOperationSpec.Type type;
        private final String done;

        @Parameters(paramLabel = "NAME", description = "The machine.")
        private String name = "";

        @Option(
                names = "--wait",
                arity = "0..1",
                fallbackValue = "true",
                defaultValue = "true",
                description = "Wait until it is done: ${DEFAULT-VALUE} if missing.")
        private boolean wait;

        Operation(VirtualMachineOperationSpec.Type type, String done) {
            this.type = type;
            this.done = done;
        }

        boolean force() {
            return false;
        }

        @Override
        void run() throws IOException {
            ResourceClient resources = resources();
            Key machine = key(Kinds.MACHINE, name);
            JsonNode there = resources.get(Kinds.MACHINE, machine);
            JsonNode operation = resources
                    .create(Kinds.OPERATION, machine.namespace(), operation(there), false)
                    .resource();
            String operationName = operation.path("metadata").path("name").asText();
            if (!wait) {
                out().println("virtualmachineoperation/" + operationName + " created");
                return;
            }
            follow(resources, key(Kinds.OPERATION, operationName));
        }

        /** It belongs to the machine, and goes with it. */
        private ObjectNode operation(JsonNode machine) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("apiVersion", Kinds.OPERATION.apiVersion()).put("kind", Kinds.OPERATION.kind());
            ObjectNode metadata = json.putObject("metadata");
            metadata.put("generateName", name + "-" + type.name().toLowerCase(Locale.ROOT) + "-");
            metadata.putArray("ownerReferences")
                    .addObject()
                    .put("apiVersion", Kinds.MACHINE.apiVersion())
                    .put("kind", Kinds.MACHINE.kind())
                    .put("name", name)
                    .put("uid", machine.path("metadata").path("uid").asText());
            ObjectNode spec = json.putObject("spec");
            spec.put("type", type.name()).put("virtualMachineName", name);
            if (force()) {
                spec.put("force", true);
            }
            return json;
        }

        private void follow(ResourceClient resources, Key operation) throws IOException {
            while (true) {
                Optional<JsonNode> found = resources.find(Kinds.OPERATION, operation);
                if (found.isEmpty()) {
                    throw new IOException("operation " + operation.name() + " is gone, and so may be the machine");
                }
                JsonNode status = found.get().path("status");
                switch (status.path("phase").asText()) {
                    case "Completed" -> {
                        out().println("virtualmachine/" + name + " " + done);
                        return;
                    }
                    case "Failed" ->
                        throw new IOException("operation " + operation.name() + " failed" + Settling.reason(status));
                    default ->
                        Polling.pause("interrupted; operation " + operation.name() + " is "
                                + status.path("phase").asText());
                }
            }
        }
    }

    @Command(name = "start", description = "Start a machine.")
    static final class Start extends Operation {
        Start() {
            super(VirtualMachineOperationSpec.Type.Start, "started");
        }
    }

    /** What may be done without asking the guest. */
    abstract static class Forceable extends Operation {
        @Option(names = "--force", description = "Turn it off at once, without asking the guest.")
        private boolean force;

        Forceable(VirtualMachineOperationSpec.Type type, String done) {
            super(type, done);
        }

        @Override
        final boolean force() {
            return force;
        }
    }

    @Command(name = "stop", description = "Ask a machine's guest to turn itself off.")
    static final class Stop extends Forceable {
        Stop() {
            super(VirtualMachineOperationSpec.Type.Stop, "stopped");
        }
    }

    @Command(name = "restart", description = "Turn a machine off and on again; changes that wait for it are applied.")
    static final class Restart extends Forceable {
        Restart() {
            super(VirtualMachineOperationSpec.Type.Restart, "restarted");
        }
    }

    @Command(name = "pause", description = "Hold the processors of a machine.")
    static final class Pause extends Operation {
        Pause() {
            super(VirtualMachineOperationSpec.Type.Pause, "paused");
        }
    }

    @Command(name = "resume", description = "Let a machine that is paused run on.")
    static final class Resume extends Operation {
        Resume() {
            super(VirtualMachineOperationSpec.Type.Resume, "resumed");
        }
    }
}
