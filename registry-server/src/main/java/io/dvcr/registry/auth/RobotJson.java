package io.dvcr.registry.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Robots as JSON: for the API without, for the store with the hash of the token. */
final class RobotJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RobotJson() {}

    static ObjectNode toJson(Robot robot) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", robot.name());
        ArrayNode scopes = json.putArray("scopes");
        robot.scopes().forEach(scope -> scopes.add(scope.toString()));
        json.put("created", robot.created().toString());
        json.put("createdBy", robot.createdBy());
        json.put("expires", robot.expires().toString());
        return json;
    }

    static byte[] write(Robot robot) throws IOException {
        return JSON.writeValueAsBytes(toJson(robot).put("tokenHash", robot.tokenHash()));
    }

    /** @throws IOException if it is damaged */
    static Robot read(String name, byte[] bytes) throws IOException {
        try {
            JsonNode json = JSON.readTree(bytes);
            List<RobotScope> scopes = new ArrayList<>();
            json.path("scopes").forEach(scope -> scopes.add(RobotScope.parse(scope.asText())));
            return new Robot(
                    name,
                    scopes,
                    Instant.parse(json.path("created").asText()),
                    json.path("createdBy").asText(),
                    Instant.parse(json.path("expires").asText()),
                    json.path("tokenHash").asText());
        } catch (IOException | RegistryException | DateTimeException | IllegalArgumentException e) {
            throw new IOException("robot " + name + " is damaged in the store", e);
        }
    }
}
