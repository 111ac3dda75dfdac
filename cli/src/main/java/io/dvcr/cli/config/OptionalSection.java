package io.dvcr.cli.config;

import java.util.Optional;

/**
 * A section that need not be there.
 *
 * @param template one in which nothing is set: what the section can say
 */
record OptionalSection(Section template, Optional<Section> section) implements Entry {}
