package io.dvcr.registry.observe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether this server should be sent requests: it can store something, and is not about to end. Thread-safe.
 */
public final class Readiness {
    private final StoreProbe probe;
    private volatile boolean ending;

    public Readiness(StoreProbe probe) {
        this.probe = probe;
    }

    /** From now on the server is not ready, so that clients are sent elsewhere before it stops to listen. */
    public void end() {
        ending = true;
    }

    /** {@code GET /readyz}: 200, or 503 with what fails. */
    Reply answer(Request request) {
        Optional<String> storage = probe.fault();
        boolean ready = storage.isEmpty() && !ending;
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("ready", ready);
        ObjectNode checks = json.putObject("checks");
        checks.put("storage", storage.orElse("ok"));
        checks.put("server", ending ? "shutting down" : "ok");
        Reply reply = JsonReply.of(ready ? 200 : 503, json).with("Cache-Control", "no-store");
        return ready ? reply : reply.with("Retry-After", Duration.ofSeconds(5).toSeconds());
    }
}
