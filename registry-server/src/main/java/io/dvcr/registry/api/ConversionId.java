package io.dvcr.registry.api;

import io.dvcr.importers.job.ConversionKey;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How clients call a conversion: {@code vms~debian@sha256:….qcow2}. It says what is made, so that a server that was not
 * asked for it, or has started since, knows what is meant.
 */
final class ConversionId {
    private static final Pattern PATTERN =
            Pattern.compile("(?<repository>[^@]{1,300})@(?<digest>[^.]{1,200})\\.(?<format>[a-z0-9]{1,10})");

    private ConversionId() {}

    static String of(ConversionKey key) {
        return key.repository().value().replace('/', '~') + "@" + key.digest() + "."
                + DownloadFormat.name(key.format());
    }

    /** Empty if no conversion is called so. */
    static Optional<ConversionKey> parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Digest.tryParse(matcher.group("digest"))
                .flatMap(digest -> DownloadFormat.named(matcher.group("format"))
                        .flatMap(format -> repository(matcher.group("repository"))
                                .map(repository -> new ConversionKey(repository, digest, format))));
    }

    private static Optional<RepositoryName> repository(String text) {
        try {
            return Optional.of(new RepositoryName(text.replace('~', '/')));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
