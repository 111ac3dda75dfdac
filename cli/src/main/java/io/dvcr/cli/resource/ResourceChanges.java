package io.dvcr.cli.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.resource.ResourceErrors.Verb;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.resource.ResourceJson.Manifest;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.store.ResourceFiles;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Changes resources of one kind. Thread-safe. */
final class ResourceChanges<S extends Record, T extends Record> {
    private static final int PATCH_ATTEMPTS = 5;

    /** What belongs to the deleted goes with it either way, soon. */
    private static final Set<String> PROPAGATION = Set.of("", "Background", "Foreground");

    private final ResourceType<S, T> type;
    private final ResourceFiles resources;

    ResourceChanges(ResourceType<S, T> type, ResourceFiles resources) {
        this.type = type;
        this.resources = resources;
    }

    /** {@code POST <collection>}. */
    Reply create(Request request) throws IOException {
        boolean dryRun = isDryRun(request.query("dryRun"));
        ObjectNode json = RequestManifest.read(type, request);
        GeneratedName.giveTo(json);
        return ResourceErrors.answer(type, name(json), Verb.CREATE, () -> {
            Manifest<S, T> manifest = ResourceJson.read(type, json);
            Resource<S, T> created =
                    dryRun ? resources.tryCreate(manifest.resource()) : resources.create(manifest.resource());
            return Warnings.on(JsonReply.of(201, ResourceJson.write(created)), manifest.warnings());
        });
    }

    /** {@code PUT <resource>}: what the client does not name of spec and metadata is not there any more. */
    Reply replace(Request request) throws IOException {
        boolean dryRun = isDryRun(request.query("dryRun"));
        ObjectNode json = RequestManifest.read(type, request);
        return ResourceErrors.answer(type, name(json), Verb.CHANGE, () -> update(json, dryRun));
    }

    /** {@code PATCH <resource>}, by JSON merge patch. */
    Reply patch(Request request) throws IOException {
        Key key = ResourceQueries.key(request);
        boolean dryRun = isDryRun(request.query("dryRun"));
        ObjectNode patch = RequestManifest.patch(request);
        boolean knowsVersion = patch.path("metadata").has("resourceVersion");
        return ResourceErrors.answer(type, key.name(), Verb.CHANGE, () -> {
            for (int attempt = 1; ; attempt++) {
                try {
                    return update(patched(key, patch), dryRun);
                } catch (RegistryException e) {
                    if (!(e.error() instanceof Conflict) || knowsVersion || attempt == PATCH_ATTEMPTS) {
                        throw e;
                    }
                }
            }
        });
    }

    private ObjectNode patched(Key key, ObjectNode patch) throws IOException {
        JsonNode patched = MergePatch.apply(ResourceJson.write(resources.get(type, key)), patch);
        Key after = new Key(
                type.namespaced()
                        ? Optional.of(patched.path("metadata").path("namespace").asText())
                        : Optional.empty(),
                name(patched));
        if (!after.equals(key)) {
            throw new RegistryException(new RequestInvalid("metadata: the name cannot be changed"));
        }
        ObjectNode json = (ObjectNode) patched;
        json.remove("status");
        return json;
    }

    private Reply update(ObjectNode json, boolean dryRun) throws IOException {
        Manifest<S, T> manifest = ResourceJson.read(type, json);
        Resource<S, T> updated =
                dryRun ? resources.tryUpdate(manifest.resource()) : resources.update(manifest.resource());
        return Warnings.on(JsonReply.of(200, ResourceJson.write(updated)), manifest.warnings());
    }

    /** {@code DELETE <resource>}: answers with the resource if somebody still holds it. */
    Reply delete(Request request) throws IOException {
        Key key = ResourceQueries.key(request);
        ObjectNode options = RequestManifest.options(request);
        boolean dryRun = isDryRun(request.query("dryRun")
                .or(() -> Optional.of(options.path("dryRun").path(0).asText("")).filter(text -> !text.isEmpty())));
        String policy = request.query("propagationPolicy")
                .orElse(options.path("propagationPolicy").asText(""));
        if (!PROPAGATION.contains(policy)) {
            throw new RegistryException(
                    new RequestInvalid("propagationPolicy is Background or Foreground, not \"" + policy + "\""));
        }
        JsonNode preconditions = options.path("preconditions");
        return ResourceErrors.answer(type, key.name(), Verb.CHANGE, () -> {
            Resource<S, T> there = resources.get(type, key);
            Optional<String> uid = text(preconditions, "uid");
            require("uid", uid, there.metadata().uid());
            require(
                    "resourceVersion",
                    text(preconditions, "resourceVersion"),
                    there.metadata().resourceVersion());
            if (!dryRun) {
                resources.delete(type, key, uid);
            }
            return resources
                    .find(type, key)
                    .filter(left -> left.uid().equals(there.uid()) && !dryRun)
                    .map(left -> JsonReply.of(200, ResourceJson.write(left)))
                    .orElseGet(() -> deleted(there));
        });
    }

    private static void require(String field, Optional<String> expected, Optional<String> actual) {
        if (expected.isPresent() && !expected.equals(actual)) {
            throw new RegistryException(new Conflict(
                    "its " + field + " is " + actual.orElse("") + ", not " + expected.get() + " as is required"));
        }
    }

    private Reply deleted(Resource<S, T> gone) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "Status").put("apiVersion", "v1");
        json.putObject("metadata");
        json.put("status", "Success");
        json.set("details", ResourceErrors.details(type, gone.key().name()).put("uid", gone.uid()));
        return JsonReply.of(200, json);
    }

    private static boolean isDryRun(Optional<String> given) {
        if (given.isPresent() && !given.get().equals("All")) {
            throw new RegistryException(new RequestInvalid("dryRun is All, not \"" + given.get() + "\""));
        }
        return given.isPresent();
    }

    private static Optional<String> text(JsonNode json, String field) {
        return Optional.of(json.path(field).asText("")).filter(text -> !text.isEmpty());
    }

    private static String name(JsonNode json) {
        return json.path("metadata").path("name").asText("");
    }
}
