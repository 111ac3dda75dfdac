package io.dvcr.registry.observe;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Whether and how to trace, by the environment variables of OpenTelemetry's specification: all that its SDK knows, with
 * the same meaning. Tracing is on if one of them says where traces go, and neither it nor {@code OTEL_SDK_DISABLED}
 * says that they go nowhere.
 *
 * @param variables those that begin with {@code OTEL_}
 */
public record TracingSettings(Map<String, String> variables) {
    private static final String PREFIX = "OTEL_";

    /** Where they differ from those of the SDK: metrics and logs leave by other ways. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "dvcr",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none");

    public TracingSettings {
        Map<String, String> ours = new HashMap<>(variables);
        ours.entrySet()
                .removeIf(variable -> !variable.getKey().startsWith(PREFIX)
                        || variable.getValue().isBlank());
        variables = Map.copyOf(ours);
    }

    public boolean on() {
        boolean disabled = "true".equalsIgnoreCase(variables.get("OTEL_SDK_DISABLED"))
                || "none".equalsIgnoreCase(variables.get("OTEL_TRACES_EXPORTER"));
        return !disabled
                && Stream.of(
                                "OTEL_TRACES_EXPORTER",
                                "OTEL_EXPORTER_OTLP_ENDPOINT",
                                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
                        .anyMatch(variables::containsKey);
    }

    /** As the SDK calls them: {@code otel.service.name} for {@code OTEL_SERVICE_NAME}. */
    Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(DEFAULTS);
        variables.forEach(
                (name, value) -> properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
        return properties;
    }
}
