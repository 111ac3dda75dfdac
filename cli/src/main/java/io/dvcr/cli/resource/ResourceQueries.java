package io.dvcr.cli.resource;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.resource.ResourceErrors.Verb;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Resources.Event;
import io.dvcr.virt.store.ResourceFiles;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Reads resources of one kind. Thread-safe. */
final class ResourceQueries<S extends Record, T extends Record> {
    private static final int MAX_PAGE = 1 << 20;

    private final ResourceType<S, T> type;
    private final ResourceFiles resources;
    private final ResourceWatch watch;

    ResourceQueries(ResourceType<S, T> type, ResourceFiles resources, ResourceWatch watch) {
        this.type = type;
        this.resources = resources;
        this.watch = watch;
    }

    /** The resource that the path names. */
    static Key key(Request request) {
        try {
            return new Key(
                    Optional.ofNullable(request.pathParameters().get("namespace")), request.pathParameter("name"));
        } catch (IllegalArgumentException e) {
            throw new RegistryException(new RequestInvalid(String.valueOf(e.getMessage())));
        }
    }

    /** {@code GET <resource>}, {@code GET <resource>/status}. */
    Reply get(Request request) throws IOException {
        Key key = key(request);
        return ResourceErrors.answer(
                type, key.name(), Verb.READ, () -> JsonReply.of(200, ResourceJson.write(resources.get(type, key))));
    }

    /**
     * {@code GET <collection>}: by name, in pages if there is a {@code limit}. A page shows what there is when it is asked
     * for; the version is the one of the first.
     */
    Reply list(Request request) {
        ResourceFilter filter = ResourceFilter.of(type, request);
        if (isTrue(request, "watch")) {
            return watch.reply(filter, request);
        }
        long now = resources.changes().last(); // before it is read, so that a watch from there misses nothing
        Place start = request.query("continue")
                .filter(token -> !token.isEmpty())
                .map(Place::parse)
                .orElse(new Place(now, Optional.empty()));
        int limit = request.count("limit", 0, MAX_PAGE);
        List<Resource<S, T>> rest = resources.list(type).stream()
                .filter(filter::matches)
                .filter(resource -> start.after()
                        .filter(key -> resource.key().compareTo(key) <= 0)
                        .isEmpty())
                .toList();
        List<Resource<S, T>> page = limit == 0 ? rest : rest.subList(0, Math.min(limit, rest.size()));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", type.kind() + "List").put("apiVersion", type.apiVersion());
        ObjectNode metadata = json.putObject("metadata");
        metadata.put("resourceVersion", Long.toString(start.version()));
        if (page.size() < rest.size()) {
            metadata.put(
                    "continue",
                    new Place(start.version(), Optional.of(page.getLast().key())).token());
            metadata.put("remainingItemCount", rest.size() - page.size());
        }
        ArrayNode items = json.putArray("items");
        page.forEach(resource -> items.add(ResourceJson.write(resource)));
        return JsonReply.of(200, json);
    }

    static boolean isTrue(Request request, String parameter) {
        return request.query(parameter)
                .filter(value -> value.equals("true") || value.equals("1"))
                .isPresent();
    }

    /** Where a page begins: behind {@code after}. */
    private record Place(long version, Optional<Key> after) {

        String token() {
            String text = version + " "
                    + after.flatMap(Key::namespace).orElse("") + " "
                    + after.map(Key::name).orElse("");
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
        }

        static Place parse(String token) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(token), UTF_8).split(" ", -1);
                Optional<String> namespace = Optional.of(parts[1]).filter(name -> !name.isEmpty());
                return new Place(Long.parseLong(parts[0]), Optional.of(new Key(namespace, parts[2])));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new RegistryException(new RequestInvalid("continue is no token that a list gave"));
            }
        }
    }

    /** {@code GET <resource>/events}: what happened to it of late. */
    Reply events(Request request) throws IOException {
        Key key = key(request);
        return ResourceErrors.answer(type, key.name(), Verb.READ, () -> {
            Resource<S, T> resource = resources.get(type, key);
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("kind", "EventList").put("apiVersion", "v1");
            ArrayNode items = json.putArray("items");
            resources.events(type, key).forEach(event -> items.add(json(event, resource)));
            return JsonReply.of(200, json);
        });
    }

    private ObjectNode json(Event event, Resource<S, T> resource) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", event.warning() ? "Warning" : "Normal");
        json.put("reason", event.reason()).put("message", event.message());
        json.put("count", event.count());
        json.put("firstTimestamp", event.first().toString());
        json.put("lastTimestamp", event.last().toString());
        ObjectNode about = json.putObject("involvedObject");
        about.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        resource.key().namespace().ifPresent(name -> about.put("namespace", name));
        about.put("name", resource.key().name()).put("uid", resource.uid());
        return json;
    }
}
