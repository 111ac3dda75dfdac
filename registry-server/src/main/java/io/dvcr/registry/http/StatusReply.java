package io.dvcr.registry.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Errors as Kubernetes' API has them: <a
 * href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/">Status</a>. Its clients get them
 * wherever its paths are.
 */
public final class StatusReply {
    private StatusReply() {}

    public static Reply of(int status, String reason, String message) {
        return of(status, reason, message, JsonNodeFactory.instance.objectNode());
    }

    /** @param details what it is about; left out if empty */
    public static Reply of(int status, String reason, String message, ObjectNode details) {
        return JsonReply.of(status, json(status, reason, message, details));
    }

    /** The Status itself, where it is not the body of a reply. */
    public static ObjectNode json(int status, String reason, String message, ObjectNode details) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "Status").put("apiVersion", "v1");
        json.putObject("metadata");
        json.put("status", "Failure").put("message", message).put("reason", reason);
        if (!details.isEmpty()) {
            json.set("details", details);
        }
        return json.put("code", status);
    }

    /** Whether {@code path} is one that Kubernetes' clients ask for. */
    static boolean isFor(String path) {
        return path.equals("/api")
                || path.equals("/api/v1")
                || path.equals("/apis")
                || path.startsWith("/apis/")
                || path.startsWith("/api/v1/namespaces/")
                || path.equals("/api/v1/secrets");
    }

    /** Of what fails before its handler can say more. */
    static Reply of(int status, String message) {
        return of(status, reason(status), message);
    }

    private static String reason(int status) {
        return switch (status) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 405 -> "MethodNotAllowed";
            case 409 -> "Conflict";
            case 410 -> "Expired";
            case 413 -> "RequestEntityTooLarge";
            case 415 -> "UnsupportedMediaType";
            case 422 -> "Invalid";
            case 429 -> "TooManyRequests";
            case 503 -> "ServiceUnavailable";
            case 500 -> "InternalError";
            default -> "Unknown";
        };
    }
}
