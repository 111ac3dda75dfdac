package io.dvcr.cli.config;

import java.util.Optional;

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

    /** One value as plain text, the values of a list a line each; empty if {@code key} is not one or is not set. */
    public Optional<String> show(String key) {
        return Settings.effective(root).stream()
                .filter(setting -> setting.path().equals(key))
                .findFirst()
                .flatMap(Setting::shown)
                .map(values -> String.join("\n", values));
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return toYaml();
    }
}
