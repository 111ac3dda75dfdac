package io.dvcr.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.ApiClient.Answer;
import io.dvcr.cli.resource.ApiPath;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The resources of a server, by Kubernetes' API. What the server refuses is a {@link StatusException}. */
public final class ResourceClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 500;

    private final ApiClient api;

    public ResourceClient(ApiClient api) {
        this.api = api;
    }

    /** A resource as the server has it now, and what it does not honour of it. */
    public record Written(JsonNode resource, List<String> warnings) {
        public Written {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Which resources of a kind are meant.
     *
     * @param namespace empty for all
     * @param labels a label selector; may be empty
     */
    public record Selection(ResourceType<?, ?> type, Optional<String> namespace, Optional<String> name, String labels) {

        public static Selection of(ResourceType<?, ?> type, Key key) {
            return new Selection(type, key.namespace(), Optional.of(key.name()), "");
        }

        private String query() {
            return "labelSelector=" + encoded(labels)
                    + name.map(it -> "&fieldSelector=" + encoded("metadata.name=" + it))
                            .orElse("");
        }

        private String path() {
            return ApiPath.collection(type, type.namespaced() ? namespace : Optional.empty());
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    public JsonNode get(ResourceType<?, ?> type, Key key) throws IOException {
        return ask("GET", ApiPath.one(type, key), Optional.empty()).json();
    }

    /** Empty if there is none. */
    public Optional<JsonNode> find(ResourceType<?, ?> type, Key key) throws IOException {
        try {
            return Optional.of(get(type, key));
        } catch (StatusException e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** All that are meant, as a list with its version. */
    public JsonNode list(Selection selection) throws IOException {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        ArrayNode items = all.putArray("items");
        String next = "";
        do {
            String path = selection.path() + "?limit=" + PAGE + "&continue=" + next + "&" + selection.query();
            JsonNode page = ask("GET", path, Optional.empty()).json();
            page.path("items").forEach(items::add);
            all.set("metadata", page.path("metadata"));
            next = page.path("metadata").path("continue").asText("");
        } while (!next.isEmpty());
        return all;
    }

    public Written create(ResourceType<?, ?> type, Optional<String> namespace, JsonNode resource, boolean dryRun)
            throws IOException {
        return written(ask("POST", ApiPath.collection(type, namespace) + dryRun(dryRun), Optional.of(resource)));
    }

    public Written replace(ResourceType<?, ?> type, Key key, JsonNode resource, boolean dryRun) throws IOException {
        return written(ask("PUT", ApiPath.one(type, key) + dryRun(dryRun), Optional.of(resource)));
    }

    private static String dryRun(boolean dryRun) {
        return dryRun ? "?dryRun=All" : "";
    }

    private static Written written(Answer answer) {
        return new Written(answer.json(), answer.warnings());
    }

    /** Asks for it to be gone; it may take its time. */
    public void delete(ResourceType<?, ?> type, Key key) throws IOException {
        ask("DELETE", ApiPath.one(type, key), Optional.empty());
    }

    /** What happened to it of late. */
    public JsonNode events(ResourceType<?, ?> type, Key key) throws IOException {
        return ask("GET", ApiPath.one(type, key) + "/events", Optional.empty()).json();
    }

    /**
     * Gives every change after {@code version} to {@code wantsMore}, until that says no or the stream ends.
     *
     * @return the version from which to go on
     */
    public String watch(Selection selection, String version, Predicate<JsonNode> wantsMore) throws IOException {
        String path = selection.path() + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + version + "&"
                + selection.query();
        String last = version;
        try (BufferedReader lines = api.lines(path)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode event = JSON.readTree(line);
                JsonNode object = event.path("object");
                switch (event.path("type").asText("")) {
                    case "" -> {}
                    case "ERROR" ->
                        throw new StatusException(object.path("code").asInt(), object);
                    case "BOOKMARK" -> last = version(object);
                    default -> {
                        last = version(object);
                        if (!wantsMore.test(event)) {
                            return last;
                        }
                    }
                }
            }
        }
        return last;
    }

    private static String version(JsonNode resource) {
        return resource.path("metadata").path("resourceVersion").asText();
    }

    private Answer ask(String method, String path, Optional<JsonNode> body) throws IOException {
        Answer answer = api.ask(method, path, body);
        if (answer.status() >= 400) {
            throw new StatusException(answer.status(), answer.json());
        }
        return answer;
    }
}
