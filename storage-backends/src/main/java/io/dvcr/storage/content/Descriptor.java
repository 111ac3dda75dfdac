package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.Digest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Names content: the descriptor of the OCI image specification.
 *
 * @param size in bytes
 * @param foreign whether the content lies elsewhere, at URLs that the descriptor gives, and need not be in the registry
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        Optional<String> artifactType,
        Map<String, String> annotations,
        boolean foreign) {

    public Descriptor {
        if (size < 0) {
            throw new IllegalArgumentException("size is negative: " + size);
        }
        annotations = Map.copyOf(annotations);
    }

    /** A descriptor of content of the registry with nothing optional. */
    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, Optional.empty(), Map.of(), false);
    }

    /** The descriptor as the OCI image specification writes it. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("mediaType", mediaType);
        json.put("digest", digest.toString());
        json.put("size", size);
        artifactType.ifPresent(type -> json.put("artifactType", type));
        if (!annotations.isEmpty()) {
            ObjectNode target = json.putObject("annotations");
            new TreeMap<>(annotations).forEach(target::put);
        }
        return json;
    }
}
