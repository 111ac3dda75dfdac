package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.ResourceClient;
import io.dvcr.cli.client.ResourceClient.Written;
import io.dvcr.cli.client.StatusException;
import io.dvcr.cli.command.ManifestFiles.Manifest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A manifest, and what came of it.
 *
 * @param verb as kubectl says it: created, configured or unchanged
 */
record Applied(Manifest manifest, String verb, Written written) {
    private static final int ATTEMPTS = 5;
    private static final List<String> NOT_OF_THE_SPEC = List.of("apiVersion", "kind", "metadata", "status");

    /** Makes what is not there, and gives what is there the manifest's spec, labels and annotations. */
    static Applied apply(ResourceClient resources, Manifest manifest, boolean dryRun) throws IOException {
        boolean knowsVersion = manifest.json().path("metadata").has("resourceVersion");
        for (int attempt = 1; ; attempt++) {
            try {
                return once(resources, manifest, dryRun);
            } catch (StatusException e) {
                boolean othersWereFaster = e.isAlreadyExists() || (e.isConflict() && !knowsVersion);
                if (!othersWereFaster || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static Applied once(ResourceClient resources, Manifest manifest, boolean dryRun) throws IOException {
        Optional<JsonNode> there = resources.find(manifest.type(), manifest.key());
        if (there.isEmpty()) {
            ObjectNode json = manifest.json().deepCopy();
            manifest.key()
                    .namespace()
                    .ifPresent(name -> json.withObject("/metadata").put("namespace", name));
            Written created = resources.create(manifest.type(), manifest.key().namespace(), json, dryRun);
            return new Applied(manifest, "created", created);
        }
        Written replaced = resources.replace(manifest.type(), manifest.key(), merged(there.get(), manifest), dryRun);
        boolean same = replaced.resource().equals(there.get());
        return new Applied(manifest, same ? "unchanged" : "configured", replaced);
    }

    private static ObjectNode merged(JsonNode there, Manifest manifest) {
        ObjectNode json = manifest.json().deepCopy();
        ObjectNode metadata = there.path("metadata").deepCopy();
        for (String field : List.of("labels", "annotations")) {
            metadata.remove(field);
            JsonNode given = json.path("metadata").path(field);
            if (!given.isMissingNode()) {
                metadata.set(field, given);
            }
        }
        JsonNode version = json.path("metadata").path("resourceVersion");
        if (!version.isMissingNode()) {
            metadata.set("resourceVersion", version);
        }
        ObjectNode result = json.objectNode();
        result.set("apiVersion", json.path("apiVersion"));
        result.set("kind", json.path("kind"));
        result.set("metadata", metadata);
        json.remove(NOT_OF_THE_SPEC);
        result.setAll(json);
        return result;
    }
}
