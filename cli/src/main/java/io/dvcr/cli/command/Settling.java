package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.Polling;
import io.dvcr.cli.client.ResourceClient;
import io.dvcr.cli.command.ManifestFiles.Manifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Waits until resources are what was asked for, have failed, or need a person. */
final class Settling {
    private static final Set<String> DONE =
            Set.of("Ready", "Running", "Stopped", "Pause", "Attached", "Completed", "WaitForUserUpload");

    private static final Set<String> FAILED = Set.of("Failed", "Lost", "ImageLost");

    private final ResourceClient resources;
    private final PrintWriter out;
    private final PrintWriter err;
    private final long end;

    Settling(ResourceClient resources, PrintWriter out, PrintWriter err, Duration timeout) {
        this.resources = resources;
        this.out = out;
        this.err = err;
        this.end = System.nanoTime() + timeout.toNanos();
    }

    /** Returns whether all went well. */
    boolean await(List<Manifest> manifests) throws IOException {
        boolean good = true;
        for (Manifest manifest : manifests) {
            good &= await(manifest);
        }
        return good;
    }

    private boolean await(Manifest manifest) throws IOException {
        String name = manifest.type().singular() + "/" + manifest.key().name();
        while (true) {
            Optional<JsonNode> resource = resources.find(manifest.type(), manifest.key());
            if (resource.isEmpty()) {
                err.println("error: " + name + " is gone");
                return false;
            }
            JsonNode status = resource.get().path("status");
            String phase = status.path("phase").asText("");
            long generation = resource.get().path("metadata").path("generation").asLong();
            boolean seen = status.path("observedGeneration").asLong() >= generation;
            if (!status.has("phase") || (seen && DONE.contains(phase))) {
                out.println(name + " " + (phase.isEmpty() ? "is there" : "is " + phase));
                out.flush();
                return true;
            }
            if (seen && FAILED.contains(phase)) {
                err.println("error: " + name + " is " + phase + reason(status));
                return false;
            }
            if (System.nanoTime() > end) {
                err.println("error: timed out waiting for " + name + ", which is " + phase + reason(status));
                return false;
            }
            Polling.pause("interrupted; " + name + " is " + phase);
        }
    }

    /** What the conditions that are not true say of it. */
    static String reason(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            String message = condition.path("message").asText("");
            if (!condition.path("status").asText().equals("True") && !message.isEmpty()) {
                return ": " + message + " (" + condition.path("reason").asText() + ")";
            }
        }
        return status.path("message").asText("").isEmpty()
                ? ""
                : ": " + status.path("message").asText();
    }
}
