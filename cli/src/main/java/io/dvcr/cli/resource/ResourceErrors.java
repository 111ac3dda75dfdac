package io.dvcr.cli.resource;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.StatusReply;
import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.util.Optional;

/** What clients of Kubernetes' API are told when a resource is not there, or is not to be as they want it. */
final class ResourceErrors {
    private ResourceErrors() {}

    /** What is done to a resource. */
    enum Verb {
        READ,
        CREATE,
        CHANGE
    }

    /** Something that a store may refuse. */
    @FunctionalInterface
    interface Call {
        Reply make() throws IOException;
    }

    /** @param name of the resource, for the message */
    static Reply answer(ResourceType<?, ?> type, String name, Verb verb, Call call) throws IOException {
        try {
            return call.make();
        } catch (RegistryException e) {
            return refused(type, name, verb, e.error()).orElseThrow(() -> e);
        }
    }

    private static Optional<Reply> refused(ResourceType<?, ?> type, String name, Verb verb, RegistryError error) {
        String quoted = type + " \"" + name + "\"";
        return switch (error) {
            case NotFound _ -> status(404, "NotFound", quoted + " not found", type, name);
            case Conflict(String reason)
            when verb == Verb.CREATE && reason.endsWith(" already exists") ->
                status(409, "AlreadyExists", quoted + " already exists", type, name);
            case Conflict(String reason)
            when verb == Verb.CREATE -> status(409, "AlreadyExists", quoted + ": " + reason, type, name);
            case Conflict(String reason) ->
                status(409, "Conflict", "Operation cannot be fulfilled on " + quoted + ": " + reason, type, name);
            case RequestInvalid(String reason) -> status(422, "Invalid", invalid(type, name, reason), type, name);
            default -> Optional.empty();
        };
    }

    private static String invalid(ResourceType<?, ?> type, String name, String reason) {
        String subject = type.kind() + " \"" + name + "\" is invalid: ";
        return reason.startsWith(type.kind() + " \"") ? reason : subject + reason;
    }

    private static Optional<Reply> status(
            int code, String reason, String message, ResourceType<?, ?> type, String name) {
        return Optional.of(StatusReply.of(code, reason, message, details(type, name)));
    }

    /** What a Status is about. */
    static ObjectNode details(ResourceType<?, ?> type, String name) {
        ObjectNode details = JsonNodeFactory.instance.objectNode();
        details.put("name", name);
        if (!type.group().isEmpty()) {
            details.put("group", type.group());
        }
        return details.put("kind", type.plural());
    }
}
