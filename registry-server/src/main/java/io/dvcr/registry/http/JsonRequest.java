package io.dvcr.registry.http;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;

/** Reads request bodies that are small JSON objects. */
public final class JsonRequest {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int MAX_BYTES = 1 << 20;

    private JsonRequest() {}

    /** @throws RegistryException with {@link RequestInvalid} if the body is anything but a JSON object */
    public static JsonNode object(Request request) throws IOException {
        byte[] body = RequestBytes.readAll(request, "the request", MAX_BYTES);
        JsonNode json = parse(body);
        if (!json.isObject()) {
            throw new RegistryException(new RequestInvalid("the body must be a JSON object"));
        }
        return json;
    }

    private static JsonNode parse(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) { // from memory, so it is what was read that is wrong
            throw new RegistryException(new RequestInvalid("the body is not well-formed JSON"));
        }
    }
}
