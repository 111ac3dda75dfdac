package io.dvcr.registry.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Replies whose body is JSON. */
public final class JsonReply {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonReply() {}

    public static Reply of(int status, JsonNode json) {
        return of(status, "application/json", json);
    }

    public static Reply of(int status, String contentType, JsonNode json) {
        try {
            return Reply.of(status, new Reply.Body.Bytes(JSON.writeValueAsBytes(json)))
                    .with("Content-Type", contentType);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }
}
