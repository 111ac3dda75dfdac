package io.dvcr.registry.observe;

/**
 * Who may see the metrics.
 *
 * @param anonymous everyone; else, where callers are asked who they are, administrators alone
 */
public record MetricsSettings(boolean anonymous) {
    public static final MetricsSettings DEFAULTS = new MetricsSettings(false);
}
