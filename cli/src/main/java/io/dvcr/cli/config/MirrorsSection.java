package io.dvcr.cli.config;

import io.dvcr.importers.mirror.MirrorSettings;
import io.dvcr.importers.mirror.MirroredRegistry;
import io.dvcr.importers.mirror.PinRule;
import io.dvcr.importers.source.SecretName;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.TagPattern;
import java.time.Duration;

/** Reads {@code mirrors}: the registries whose content is fetched when it is asked for, and kept. */
final class MirrorsSection {
    private static final long MAX_BYTES = 1L << 50;
    private static final RepositoryName NOWHERE = new RepositoryName("nowhere");
    private static final ValueType<RepositoryName> PREFIX =
            new ValueType<>("repository name", RepositoryName::new, RepositoryName::toString, false);
    private static final ValueType<SecretName> SECRET =
            new ValueType<>("name of a secret", SecretName::new, SecretName::value, false);
    private static final ValueType<TagPattern> TAGS =
            new ValueType<>("tag pattern", TagPattern::new, TagPattern::toString, false);

    private MirrorsSection() {}

    static MirrorSettings read(Section section, MirrorSettings defaults) {
        return new MirrorSettings(
                section.size("maxSize", defaults.maxBytes(), 0, MAX_BYTES),
                section.sections("registries", MirrorsSection::registry),
                section.sections("pinned", MirrorsSection::pin));
    }

    private static MirroredRegistry registry(Section section) {
        return new MirroredRegistry(
                section.required("prefix", PREFIX, NOWHERE),
                section.required("host", ValueType.TEXT, "nowhere"),
                section.optional("secret", SECRET),
                section.duration("tagLifetime", MirroredRegistry.DEFAULT_TAG_LIFETIME, Duration.ZERO));
    }

    private static PinRule pin(Section section) {
        return new PinRule(
                section.required("repositories", ValueType.REPOSITORIES, RepositoryPattern.ALL),
                section.value("tags", TAGS, TagPattern.ALL));
    }
}
