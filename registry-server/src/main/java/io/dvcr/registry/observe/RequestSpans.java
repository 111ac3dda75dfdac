package io.dvcr.registry.observe;

import io.dvcr.registry.http.RequestEnd;
import io.dvcr.registry.http.RequestHead;
import io.dvcr.registry.http.RequestObserver;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A span for each request: OpenTelemetry's semantic conventions for HTTP servers, 1.x. What is logged meanwhile carries
 * the trace's id. Thread-safe.
 */
final class RequestSpans implements RequestObserver {
    static final String TRACE_ID = "traceId";

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> RECEIVED = AttributeKey.longKey("http.request.body.size");
    private static final AttributeKey<Long> SENT = AttributeKey.longKey("http.response.body.size");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> USER_AGENT = AttributeKey.stringKey("user_agent.original");
    private static final AttributeKey<String> PROTOCOL = AttributeKey.stringKey("network.protocol.version");
    private static final AttributeKey<String> CALLER = AttributeKey.stringKey("enduser.id");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("dvcr.request.id");

    private final Tracer tracer;
    private final TextMapPropagator propagator;

    RequestSpans(Tracer tracer, TextMapPropagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // closed at the end
    public Ending begin(RequestHead head) {
        Span span = tracer.spanBuilder(head.method())
                .setParent(propagator.extract(Context.root(), head, HeadGetter.INSTANCE))
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, head.method())
                .setAttribute(PATH, head.path())
                .setAttribute(PROTOCOL, head.protocol().substring("HTTP/".length()))
                .setAttribute(CLIENT, head.client().address().getHostAddress())
                .setAttribute(REQUEST_ID, head.id())
                .startSpan();
        head.headers().first("User-Agent").ifPresent(agent -> span.setAttribute(USER_AGENT, agent));
        Scope scope = span.makeCurrent(); // the end comes on this thread
        MDC.put(TRACE_ID, span.getSpanContext().getTraceId());
        return end -> {
            MDC.remove(TRACE_ID);
            scope.close();
            end(span, head, end);
        };
    }

    private static void end(Span span, RequestHead head, RequestEnd end) {
        if (!end.route().equals(RequestEnd.UNROUTED)) {
            span.updateName(head.method() + " " + end.route());
            span.setAttribute(ROUTE, end.route());
        }
        span.setAttribute(STATUS, (long) end.status());
        span.setAttribute(RECEIVED, end.bytesReceived());
        span.setAttribute(SENT, end.bytesSent());
        end.caller().ifPresent(name -> span.setAttribute(CALLER, name));
        if (end.status() >= 500) {
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(ERROR, Integer.toString(end.status()));
        } else if (!end.complete()) {
            span.setAttribute(ERROR, "client_gone");
        }
        span.end();
    }

    private enum HeadGetter implements TextMapGetter<RequestHead> {
        INSTANCE;

        @Override
        public @Nullable String get(@Nullable RequestHead carrier, String key) {
            return carrier == null ? null : carrier.headers().first(key).orElse(null);
        }
    }
}
