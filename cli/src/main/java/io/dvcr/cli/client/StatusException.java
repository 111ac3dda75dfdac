package io.dvcr.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** What a server of resources says it will not do: a Status of Kubernetes' API. The message is as kubectl's users know it. */
public final class StatusException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    StatusException(int code, JsonNode status) {
        super("Error from server (" + reason(code, status) + "): "
                + status.path("message").asText(status.path("detail").asText("the server answered " + code)));
        this.reason = reason(code, status);
    }

    private static String reason(int code, JsonNode status) {
        return status.path("reason").asText(Integer.toString(code));
    }

    public boolean isNotFound() {
        return reason.equals("NotFound");
    }

    public boolean isConflict() {
        return reason.equals("Conflict");
    }

    /** Whether what was asked for begins too long ago. */
    public boolean isExpired() {
        return reason.equals("Expired");
    }

    public boolean isAlreadyExists() {
        return reason.equals("AlreadyExists");
    }
}
