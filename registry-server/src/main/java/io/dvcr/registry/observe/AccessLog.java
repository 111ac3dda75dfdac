package io.dvcr.registry.observe;

import io.dvcr.registry.http.RequestEnd;
import io.dvcr.registry.http.RequestHead;
import io.dvcr.registry.http.RequestObserver;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * Writes one line for each request, when it has ended. Whatever is logged meanwhile on the same thread carries its id.
 * Thread-safe.
 */
public final class AccessLog implements RequestObserver {
    /** What every line of a request carries its id as. */
    public static final String REQUEST_ID = "requestId";

    private static final Logger LOG = LoggerFactory.getLogger("io.dvcr.access");

    /** Asked for every few seconds by machines, so told only to those who ask for it. */
    private static final Set<String> PROBES = Set.of("/healthz", "/readyz", "/metrics");

    @Override
    public Ending begin(RequestHead head) {
        MDC.put(REQUEST_ID, head.id());
        return end -> {
            write(head, end);
            MDC.remove(REQUEST_ID);
        };
    }

    private static void write(RequestHead head, RequestEnd end) {
        Level level = PROBES.contains(end.route()) && end.status() < 400 ? Level.DEBUG : Level.INFO;
        LOG.atLevel(level)
                .addKeyValue("method", head.method())
                .addKeyValue("path", harmless(head.path()))
                .addKeyValue("route", end.route())
                .addKeyValue("status", end.status())
                .addKeyValue("complete", end.complete())
                .addKeyValue("bytesIn", end.bytesReceived())
                .addKeyValue("bytesOut", end.bytesSent())
                .addKeyValue("micros", end.duration().toNanos() / 1_000)
                .addKeyValue("client", head.client().address().getHostAddress())
                .addKeyValue("caller", end.caller().orElse("-"))
                .addKeyValue(
                        "userAgent", harmless(head.headers().first("User-Agent").orElse("-")))
                .log("request");
    }

    /** As text, a value is in quotes: what a client writes must not end them and go on as another value. */
    private static String harmless(String text) {
        return text.replace('"', '\'');
    }
}
