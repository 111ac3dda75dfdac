package io.dvcr.registry.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.JsonRequest;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** {@code /api/v1/tokens}: robots and their tokens. A token is shown once, when it is made. */
final class RobotEndpoint {
    private static final Duration DEFAULT_LIFETIME = Duration.ofDays(90);
    private static final Duration LONGEST_LIFETIME = Duration.ofDays(3650);
    private static final int MAX_SCOPES = 100;

    private final Robots robots;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    RobotEndpoint(Robots robots, Clock clock) {
        this.robots = robots;
        this.clock = clock;
    }

    /** {@code POST {"name", "scopes", "expiresIn"}}. */
    Reply create(Request request) throws IOException {
        JsonNode json = JsonRequest.object(request);
        RobotToken token = RobotToken.create(Robot.parseName(json.path("name").asText()), random);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Robot robot = new Robot(
                token.name(),
                scopes(json.path("scopes")),
                now,
                request.caller().name().orElse(""),
                now.plus(lifetime(json.path("expiresIn"))),
                token.hash());
        robots.add(robot);
        ObjectNode reply = RobotJson.toJson(robot).put("token", token.text());
        return JsonReply.of(201, reply)
                .with("Location", "/api/v1/tokens/" + robot.name())
                .with("Cache-Control", "no-store");
    }

    Reply list(Request request) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("tokens");
        Instant now = clock.instant();
        for (Robot robot : robots.list()) {
            list.add(RobotJson.toJson(robot).put("expired", !robot.isValid(now)));
        }
        return JsonReply.of(200, json);
    }

    Reply revoke(Request request) throws IOException {
        robots.remove(Robot.parseName(request.pathParameter("robot")));
        return Reply.of(204);
    }

    private static List<RobotScope> scopes(JsonNode json) {
        boolean list = json.isMissingNode() || json.isArray();
        if (!list || json.size() > MAX_SCOPES) {
            throw new RegistryException(new RequestInvalid("scopes must be a list of " + MAX_SCOPES + " at most"));
        }
        List<RobotScope> scopes = new ArrayList<>();
        json.forEach(scope -> scopes.add(RobotScope.parse(scope.asText())));
        return scopes;
    }

    private static Duration lifetime(JsonNode json) {
        if (json.isMissingNode()) {
            return DEFAULT_LIFETIME;
        }
        try {
            Duration lifetime = Duration.parse(json.asText());
            if (lifetime.isPositive() && lifetime.compareTo(LONGEST_LIFETIME) <= 0) {
                return lifetime;
            }
        } catch (DateTimeException e) {
            // falls through: not a duration at all
        }
        throw new RegistryException(
                new RequestInvalid("expiresIn must be an ISO 8601 duration, such as P90D or PT1H, of "
                        + LONGEST_LIFETIME.toDays() + " days at most"));
    }
}
