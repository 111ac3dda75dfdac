package io.dvcr.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads documents of YAML 1.2, which JSON is as well. Aliases are resolved, but what they make of a document is bounded in
 * depth and size. Used by one thread, once.
 */
public final class ManifestReader {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_NODES = 200_000;

    private int nodes;

    private ManifestReader() {}

    /** What is not YAML, or more than is taken; the message gives the line where there is one. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        private MalformedException(String message) {
            super(message);
        }
    }

    /**
     * All documents of {@code text}; what is empty is none.
     *
     * @throws MalformedException if one of them is malformed: then there is no telling where the next begins
     */
    public static List<JsonNode> read(String text) throws MalformedException {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(false)
                .setCodePointLimit(Math.max(1, text.length()))
                .build();
        ManifestReader reader = new ManifestReader();
        List<JsonNode> documents = new ArrayList<>();
        try {
            Iterator<Object> loaded = new Load(settings).loadAllFromString(text).iterator();
            while (loaded.hasNext()) {
                JsonNode document = reader.json(loaded.next(), 0);
                if (!document.isNull()) {
                    documents.add(document);
                }
            }
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark()
                    .map(at -> "line " + (at.getLine() + 1) + ": ")
                    .orElse("");
            throw new MalformedException(line + e.getProblem());
        } catch (YamlEngineException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        } catch (StackOverflowError _) {
            throw new MalformedException("it is nested too deeply");
        }
        return documents;
    }

    private JsonNode json(@Nullable Object value, int depth) throws MalformedException {
        JsonNodeFactory factory = JsonNodeFactory.instance;
        if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
            throw new MalformedException(
                    depth > MAX_DEPTH
                            ? "it is nested deeper than " + MAX_DEPTH + " levels"
                            : "it has more than " + MAX_NODES + " values");
        }
        return switch (value) {
            case null -> factory.nullNode();
            case String text -> factory.textNode(text);
            case Boolean flag -> factory.booleanNode(flag);
            case Integer number -> factory.numberNode(number);
            case Long number -> factory.numberNode(number);
            case BigInteger number -> factory.numberNode(number);
            case Double number -> factory.numberNode(number);
            case byte[] bytes -> factory.textNode(Base64.getEncoder().encodeToString(bytes));
            case Map<?, ?> map -> object(map, depth);
            case Iterable<?> items -> array(items, depth);
            default -> throw new MalformedException("it has a value that is not JSON: " + value.getClass());
        };
    }

    private ObjectNode object(Map<?, ?> map, int depth) throws MalformedException {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String
                    || entry.getKey() instanceof Number
                    || entry.getKey() instanceof Boolean)) {
                throw new MalformedException("it has a key that is not a word");
            }
            object.set(entry.getKey().toString(), json(entry.getValue(), depth + 1));
        }
        return object;
    }

    private ArrayNode array(Iterable<?> items, int depth) throws MalformedException {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Object item : items) {
            array.add(json(item, depth + 1));
        }
        return array;
    }
}
