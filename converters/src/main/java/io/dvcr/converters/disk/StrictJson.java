package io.dvcr.converters.disk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.disk.DiskFormatException.Reason;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads a JSON object that nobody vouches for: its size and depth are limited, a key may occur once, and what a field
 * holds is checked when it is asked for. Every fault is a {@link DiskFormatException} for {@code reason}.
 */
record StrictJson(JsonNode node, Reason reason, String name) {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNumberLength(64)
                            .maxNameLength(1024)
                            .maxStringLength(64 << 10)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** @param name what the document is called in messages */
    static StrictJson read(byte[] json, int maxBytes, Reason reason, String name) throws IOException {
        if (json.length > maxBytes) {
            throw new DiskFormatException(reason, name + " has " + json.length + " bytes, more than " + maxBytes);
        }
        try {
            return new StrictJson(MAPPER.readTree(json), reason, name).asObject();
        } catch (JsonProcessingException e) {
            throw new DiskFormatException(reason, name + " is not JSON: " + e.getOriginalMessage());
        }
    }

    /** An empty object, to be filled in the order in which it is to be written. */
    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] write(ObjectNode object) {
        try {
            return MAPPER.writeValueAsBytes(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    boolean has(String field) {
        return node.has(field);
    }

    StrictJson field(String field) {
        return new StrictJson(node.path(field), reason, name + "." + field);
    }

    int size() {
        return node.size();
    }

    StrictJson element(int number) {
        return new StrictJson(node.path(number), reason, name + "[" + number + "]");
    }

    StrictJson asObject() throws DiskFormatException {
        require(node.isObject(), "an object");
        return this;
    }

    StrictJson asArray() throws DiskFormatException {
        require(node.isArray(), "an array");
        return this;
    }

    String string() throws DiskFormatException {
        require(node.isTextual(), "a string");
        return node.textValue();
    }

    boolean bool() throws DiskFormatException {
        require(node.isBoolean(), "true or false");
        return node.booleanValue();
    }

    /** An integer from 0 to {@code max}. */
    long number(long max) throws DiskFormatException {
        require(
                node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0 && node.longValue() <= max,
                "an integer from 0 to " + max);
        return node.longValue();
    }

    Digest sha256() throws DiskFormatException {
        Optional<Digest> digest = Digest.tryParse(string());
        return digest.filter(d -> d.algorithm() == Digest.Algorithm.SHA256)
                .orElseThrow(() -> expected("a sha256 digest"));
    }

    void requireString(String value) throws DiskFormatException {
        require(string().equals(value), "\"" + value + "\"");
    }

    void require(boolean rule, String expectation) throws DiskFormatException {
        if (!rule) {
            throw expected(expectation);
        }
    }

    private DiskFormatException expected(String expectation) {
        String text = node.toString();
        String found = text.length() <= 100 ? text : text.substring(0, 100) + "…";
        return new DiskFormatException(
                reason, name + " is " + (node.isMissingNode() ? "missing" : found) + ", not " + expectation);
    }
}
