package io.dvcr.virt.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.util.ArrayList;
import java.util.List;

/** Resources to and from the JSON that manifests, the HTTP API and files have. Thread-safe. */
public final class ResourceJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule().addDeserializer(JsonNode.class, new AnyJson()))
            .disable(
                    MapperFeature.AUTO_DETECT_IS_GETTERS) // the components of a record are its fields, and nothing else
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .withConfigOverride(
                    String.class, // an empty text is one: whatever has to be given is there when it is read again
                    text -> text.setInclude(
                            JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS)))
            .build();

    private static final String DEFAULT_NAMESPACE = "default";

    private ResourceJson() {}

    /**
     * What a manifest asks for.
     *
     * @param warnings of fields that are not honoured, for whoever wrote them
     */
    public record Manifest<S extends Record, T extends Record>(Resource<S, T> resource, List<String> warnings) {
        public Manifest {
            warnings = List.copyOf(warnings);
        }
    }

    public static ObjectNode write(Resource<?, ?> resource) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("apiVersion", resource.type().apiVersion());
        json.put("kind", resource.type().kind());
        json.set("metadata", MAPPER.valueToTree(resource.metadata()));
        ObjectNode spec = MAPPER.valueToTree(resource.spec());
        if (resource.type().flat()) {
            json.setAll(spec);
        } else {
            json.set("spec", spec);
        }
        ObjectNode status = MAPPER.valueToTree(resource.status());
        if (!status.isEmpty()) {
            json.set("status", status);
        }
        return json;
    }

    /**
     * Reads what {@link #write} wrote, or what a person did.
     *
     * @param json whose {@code apiVersion} and {@code kind} are those of {@code type}
     * @throws RegistryException with {@link RequestInvalid}, which names all that is wrong
     */
    public static <S extends Record, T extends Record> Manifest<S, T> read(ResourceType<S, T> type, JsonNode json) {
        FieldCheck check = new FieldCheck();
        ObjectNode metadata =
                check.structure(Schema.of(Metadata.class), named(type, json.path("metadata")), "metadata");
        Schema specSchema = Schema.of(type.specType());
        ObjectNode spec = type.flat()
                ? check.structure(specSchema, without(json, "apiVersion", "kind", "metadata", "status"), "")
                : check.structure(specSchema, given(json.path("spec")), "spec");
        refuse(type, json, check.faults());
        List<String> warnings = new ArrayList<>();
        check.unknown().forEach(path -> warnings.add(path.replaceFirst("^\\.", "") + " is not honoured"));
        FieldCheck ofStatus = new FieldCheck();
        T status = type.emptyStatus();
        if (!orEmpty(json.path("status")).isEmpty()) {
            ObjectNode checked = ofStatus.structure(Schema.of(type.statusType()), json.path("status"), "status");
            refuse(type, json, ofStatus.faults());
            status = value(type, json, "status", type.statusType(), checked);
        }
        Metadata named = value(type, json, "metadata", Metadata.class, metadata);
        checkKey(type, json, named);
        S valid = value(type, json, type.flat() ? "" : "spec", type.specType(), spec);
        if (valid instanceof PartlyHonoured partly) {
            partly.notHonoured().forEach(path -> warnings.add("spec." + path + " is not honoured"));
        }
        return new Manifest<>(new Resource<>(type, named, valid, status), warnings);
    }

    /** The tree of a spec or status, with what is empty left out. */
    public static ObjectNode tree(Record value) {
        return MAPPER.valueToTree(value);
    }

    private static JsonNode named(ResourceType<?, ?> type, JsonNode metadata) {
        if (!(given(metadata) instanceof ObjectNode written)) {
            return metadata;
        }
        ObjectNode named = written.deepCopy();
        if (type.namespaced() && named.path("namespace").asText("").isEmpty()) {
            named.put("namespace", DEFAULT_NAMESPACE);
        }
        if (!type.namespaced()) {
            named.remove("namespace");
        }
        named.remove(List.of("managedFields", "selfLink", "deletionGracePeriodSeconds"));
        return named;
    }

    private static void checkKey(ResourceType<?, ?> type, JsonNode json, Metadata metadata) {
        try {
            metadata.key();
        } catch (IllegalArgumentException e) {
            refuse(type, json, List.of("metadata: " + e.getMessage()));
        }
    }

    private static <V> V value(
            ResourceType<?, ?> type, JsonNode json, String path, Class<V> target, ObjectNode fields) {
        try {
            return MAPPER.treeToValue(fields, target);
        } catch (JsonMappingException e) {
            Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
            String field = path;
            for (JsonMappingException.Reference step : e.getPath()) {
                field += step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName();
            }
            String reason =
                    cause instanceof JsonMappingException mapping ? mapping.getOriginalMessage() : cause.getMessage();
            String place = field.replaceFirst("^\\.", "");
            throw invalid(type, json, List.of(place.isEmpty() ? String.valueOf(reason) : place + ": " + reason));
        } catch (JsonProcessingException e) {
            throw invalid(type, json, List.of(path + ": " + e.getOriginalMessage()));
        }
    }

    private static void refuse(ResourceType<?, ?> type, JsonNode json, List<String> faults) {
        if (!faults.isEmpty()) {
            throw invalid(type, json, faults);
        }
    }

    private static RegistryException invalid(ResourceType<?, ?> type, JsonNode json, List<String> faults) {
        String name = json.path("metadata").path("name").asText("");
        return new RegistryException(
                new RequestInvalid(type.kind() + " \"" + name + "\" is invalid: " + String.join("; ", faults)));
    }

    /** What was written; an object without fields if nothing was. */
    private static JsonNode given(JsonNode node) {
        return node.isMissingNode() || node.isNull() ? MAPPER.createObjectNode() : node;
    }

    private static ObjectNode orEmpty(JsonNode node) {
        return node instanceof ObjectNode object ? object : MAPPER.createObjectNode();
    }

    private static ObjectNode without(JsonNode json, String... names) {
        ObjectNode rest = orEmpty(json).deepCopy();
        rest.remove(List.of(names));
        return rest;
    }
}
