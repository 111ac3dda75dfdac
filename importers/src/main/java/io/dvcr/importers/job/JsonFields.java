package io.dvcr.importers.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.util.List;
import java.util.Optional;

/**
 * The fields of a JSON object that a client sent. What is not as it has to be is a {@link RegistryException} with
 * {@link RequestInvalid}; a field that is {@code null} is not there.
 *
 * @param name what the object is called to its client, such as {@code source.http}; empty for the whole of a request
 */
public record JsonFields(String name, JsonNode json) {
    public JsonFields {
        if (!json.isObject()) {
            throw invalid(name + " must be an object");
        }
    }

    public String text(String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw invalid(called(field) + " must be a string");
        }
        return value.asText();
    }

    public Optional<String> optionalText(String field) {
        return isAbsent(field) ? Optional.empty() : Optional.of(text(field));
    }

    public Optional<Boolean> optionalFlag(String field) {
        if (isAbsent(field)) {
            return Optional.empty();
        }
        if (!json.path(field).isBoolean()) {
            throw invalid(called(field) + " must be true or false");
        }
        return Optional.of(json.path(field).booleanValue());
    }

    public Optional<JsonFields> optionalObject(String field) {
        return isAbsent(field) ? Optional.empty() : Optional.of(new JsonFields(called(field), json.path(field)));
    }

    /** A field that is misspelt must not be one that is passed over. */
    public void requireOnly(List<String> known) {
        json.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw invalid(name + " has " + String.join(", ", known) + ", not \"" + field + "\"");
            }
        });
    }

    private boolean isAbsent(String field) {
        return json.path(field).isMissingNode() || json.path(field).isNull();
    }

    private String called(String field) {
        return name.isEmpty() ? field : name + "." + field;
    }

    public static RegistryException invalid(String reason) {
        return new RegistryException(new RequestInvalid(reason));
    }
}
