package io.dvcr.virt.resource;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.JsonNodeDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads JSON as it is; but none where none was written, which Jackson would make a {@code null} that is there. */
final class AnyJson extends StdDeserializer<JsonNode> {
    private static final long serialVersionUID = 1L;

    private static final JsonDeserializer<?> AS_IT_IS = JsonNodeDeserializer.getDeserializer(JsonNode.class);

    AnyJson() {
        super(JsonNode.class);
    }

    @Override
    public JsonNode deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        return (JsonNode) AS_IT_IS.deserialize(parser, context);
    }

    @Override
    public @Nullable JsonNode getNullValue(DeserializationContext context) {
        return null;
    }
}
