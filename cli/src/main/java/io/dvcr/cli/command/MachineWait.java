package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.ApiClient;
import io.dvcr.cli.client.Polling;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Waits for a machine to come into a phase. */
final class MachineWait {
    private MachineWait() {}

    /** @throws IOException with the machine's reason if it fails instead */
    static JsonNode until(ApiClient api, String name, String phase) throws IOException {
        while (true) {
            JsonNode machine = api.get("/api/v1/machines/" + name);
            JsonNode status = machine.path("status");
            if (status.path("phase").asText().equals(phase)) {
                return machine;
            }
            if (status.path("phase").asText().equals("Failed")) {
                throw new IOException(
                        "machine " + name + " failed: " + status.path("message").asText() + " ("
                                + status.path("reason").asText() + ")");
            }
            pause(name, status);
        }
    }

    /** Waits until the machine is no longer listed. */
    static void untilGone(ApiClient api, String name) throws IOException {
        while (true) {
            Optional<JsonNode> left = StreamSupport.stream(
                            api.get("/api/v1/machines").path("machines").spliterator(), false)
                    .filter(machine -> machine.path("name").asText().equals(name))
                    .findFirst();
            if (left.isEmpty()) {
                return;
            }
            pause(name, left.get().path("status"));
        }
    }

    private static void pause(String name, JsonNode status) throws IOException {
        Polling.pause(
                "interrupted; machine " + name + " is " + status.path("phase").asText());
    }
}
