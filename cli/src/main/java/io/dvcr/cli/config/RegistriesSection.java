package io.dvcr.cli.config;

import io.dvcr.importers.registry.RegistrySettings;
import java.net.URI;

/** Reads {@code registries}: those that images are imported from. */
final class RegistriesSection {
    private static final URI NOWHERE = URI.create("http://localhost/");

    private RegistriesSection() {}

    static RegistrySettings read(Section section, RegistrySettings defaults) {
        return new RegistrySettings(
                section.optionalPath("dockerConfig"),
                section.texts("plainHttp", defaults.plainHttp()),
                section.sections("mirrors", RegistriesSection::mirror));
    }

    private static RegistrySettings.Mirror mirror(Section section) {
        return new RegistrySettings.Mirror(
                section.required("of", ValueType.TEXT, "nowhere"), section.required("url", ValueType.URL, NOWHERE));
    }
}
