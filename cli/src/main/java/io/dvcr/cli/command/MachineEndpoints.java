package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;

/** {@code status.endpoints} of a VirtualMachine: paths of its host. */
final class MachineEndpoints {
    private MachineEndpoints() {}

    /** @throws IOException if the machine has no such endpoint now */
    static Path path(JsonNode machine, String endpoint) throws IOException {
        JsonNode status = machine.path("status");
        String path = status.path("endpoints").path(endpoint).asText("");
        if (path.isEmpty()) {
            throw new IOException(
                    "virtualmachine/" + machine.path("metadata").path("name").asText() + " has no " + endpoint
                            + " now: it is " + status.path("phase").asText());
        }
        return Path.of(path);
    }
}
