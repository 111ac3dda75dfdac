package io.dvcr.cli.config;

/**
 * A configuration without faults, and where it comes from.
 *
 * @param text the file's, from which it was read
 * @param root what was asked for to make it
 */
public record LoadedConfiguration(Configuration value, String text, Section root) {

    /** All of it as YAML, defaults included and secrets masked. */
    public String toYaml() {
        return EffectiveYaml.of(root);
    }
}
