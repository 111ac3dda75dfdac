package io.dvcr.registry.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryError.ChunkOutOfOrder;
import io.dvcr.storage.RegistryError.RangeNotSatisfiable;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryError.Unauthorized;
import io.dvcr.storage.RegistryError.Unavailable;
import java.time.Duration;
import java.util.Set;

/**
 * Errors as replies: under {@code /v2}, and where its clients get tokens, the error JSON of the OCI distribution specification, section "Error Codes",
 * under Kubernetes' paths its {@link StatusReply Status}, elsewhere the problem details of RFC 9457.
 */
public final class ErrorReply {
    /** Those that the specification has: "The {@code code} field MUST be one of the following". */
    private static final Set<String> SPECIFIED_CODES = Set.of(
            "BLOB_UNKNOWN",
            "BLOB_UPLOAD_INVALID",
            "BLOB_UPLOAD_UNKNOWN",
            "DIGEST_INVALID",
            "MANIFEST_BLOB_UNKNOWN",
            "MANIFEST_INVALID",
            "MANIFEST_UNKNOWN",
            "NAME_INVALID",
            "NAME_UNKNOWN",
            "SIZE_INVALID",
            "UNAUTHORIZED",
            "DENIED",
            "UNSUPPORTED",
            "TOOMANYREQUESTS");

    private ErrorReply() {}

    /** The reply for {@code error} to a request of {@code path}. */
    public static Reply of(RegistryError error, String path) {
        OciError place = OciError.of(error);
        Reply reply = reply(place, error.message(), path);
        return switch (error) {
            case RangeNotSatisfiable(long size) -> reply.with("Content-Range", "bytes */" + size);
            case ChunkOutOfOrder(long expected, long _) ->
                reply.with("Range", "0-" + Math.max(0, expected - 1)).with("Location", path);
            case Unauthorized(String _, String challenge) -> reply.with("WWW-Authenticate", challenge);
            case TooManyRequests(String _, Duration retryAfter) -> retryAfter(reply, retryAfter);
            case Unavailable(String _, Duration retryAfter) -> retryAfter(reply, retryAfter);
            default -> reply;
        };
    }

    private static Reply retryAfter(Reply reply, Duration delay) {
        return reply.with("Retry-After", Math.max(1, delay.toSeconds()));
    }

    static Reply internal(String path) {
        return reply(new OciError(500, "UNKNOWN"), "internal error; the server's log says more", path);
    }

    static Reply storageFull(String path) {
        OciError place = new OciError(507, "STORAGE_FULL"); // RFC 4918, section 11.5
        return reply(place, "the registry's storage is full: it takes nothing until its operator makes room", path);
    }

    private static Reply reply(OciError place, String message, String path) {
        if (StatusReply.isFor(path)) {
            return StatusReply.of(place.status(), message);
        }
        boolean registryClient = path.startsWith("/v2/") || path.equals("/v2") || path.equals("/token");
        return registryClient ? oci(place, message) : problem(place, message);
    }

    private static Reply oci(OciError place, String message) {
        boolean ours = place.status() >= 500; // of which the specification says nothing
        String code = ours || SPECIFIED_CODES.contains(place.code()) ? place.code() : "UNSUPPORTED";
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("errors").addObject().put("code", code).put("message", message);
        return JsonReply.of(place.status(), json);
    }

    private static Reply problem(OciError place, String message) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", "about:blank");
        json.put("title", place.code());
        json.put("status", place.status());
        json.put("detail", message);
        return JsonReply.of(place.status(), "application/problem+json", json);
    }
}
