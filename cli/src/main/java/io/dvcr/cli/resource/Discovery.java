package io.dvcr.cli.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What there is: <a href="https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api">Discovery API</a>. */
final class Discovery {
    private static final List<String> VERBS = List.of("create", "delete", "get", "list", "patch", "update", "watch");

    private final List<ResourceType<?, ?>> types;

    Discovery(List<ResourceType<?, ?>> types) {
        this.types = List.copyOf(types);
    }

    /** {@code GET /api}. */
    Reply coreVersions(Request request) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "APIVersions");
        ArrayNode versions = json.putArray("versions");
        types.stream()
                .filter(type -> type.group().isEmpty())
                .map(ResourceType::version)
                .distinct()
                .forEach(versions::add);
        return JsonReply.of(200, json);
    }

    /** {@code GET /apis}. */
    Reply groups(Request request) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = json.putArray("groups");
        TreeMap<String, ResourceType<?, ?>> byGroup = new TreeMap<>();
        types.stream().filter(type -> !type.group().isEmpty()).forEach(type -> byGroup.put(type.group(), type));
        byGroup.values().forEach(type -> groups.add(group(type)));
        return JsonReply.of(200, json);
    }

    /** {@code GET /apis/<group>}. */
    Reply group(Request request) {
        String name = request.pathParameter("group");
        return types.stream()
                .filter(type -> type.group().equals(name))
                .findFirst()
                .map(type ->
                        JsonReply.of(200, group(type).put("kind", "APIGroup").put("apiVersion", "v1")))
                .orElseThrow(() -> new RegistryException(new NotFound("API group " + name)));
    }

    private static ObjectNode group(ResourceType<?, ?> type) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", type.group());
        ObjectNode version = JsonNodeFactory.instance
                .objectNode()
                .put("groupVersion", type.apiVersion())
                .put("version", type.version());
        json.putArray("versions").add(version);
        json.set("preferredVersion", version);
        return json;
    }

    /** {@code GET /apis/<group>/<version>}, {@code GET /api/<version>}. */
    Reply kinds(Request request) {
        String group =
                Optional.ofNullable(request.pathParameters().get("group")).orElse("");
        String version = request.pathParameter("version");
        List<ResourceType<?, ?>> there = types.stream()
                .filter(type -> type.group().equals(group) && type.version().equals(version))
                .toList();
        if (there.isEmpty()) {
            throw new RegistryException(new NotFound("API " + request.path()));
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "APIResourceList").put("apiVersion", "v1");
        json.put("groupVersion", there.getFirst().apiVersion());
        ArrayNode resources = json.putArray("resources");
        there.forEach(type -> describe(type, resources.addObject()));
        return JsonReply.of(200, json);
    }

    private static void describe(ResourceType<?, ?> type, ObjectNode json) {
        json.put("name", type.plural());
        json.put("singularName", type.singular());
        json.put("namespaced", type.namespaced());
        json.put("kind", type.kind());
        ArrayNode verbs = json.putArray("verbs");
        VERBS.forEach(verbs::add);
        if (!type.shortNames().isEmpty()) {
            ArrayNode shortNames = json.putArray("shortNames");
            type.shortNames().forEach(shortNames::add);
        }
        json.putArray("categories").add("all").add("virtualization");
    }
}
