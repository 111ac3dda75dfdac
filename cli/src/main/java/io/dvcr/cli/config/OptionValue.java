package io.dvcr.cli.config;

/**
 * What the command line sets.
 *
 * @param option its name there, such as {@code --listen}
 * @param key the path of the key that it sets
 */
public record OptionValue(String option, String key, String value) {}
