package io.dvcr.importers.mirror;

import io.dvcr.importers.source.SecretName;
import io.dvcr.storage.RepositoryName;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A registry whose repositories are found here below a prefix.
 *
 * @param prefix what goes before its names of repositories, such as {@code hub}
 * @param host such as {@code docker.io}; with its port if that is not the standard one
 * @param secret what the operator has for it; only its name
 * @param tagLifetime for how long what a tag names is believed
 */
public record MirroredRegistry(RepositoryName prefix, String host, Optional<SecretName> secret, Duration tagLifetime) {
    public static final Duration DEFAULT_TAG_LIFETIME = Duration.ofMinutes(5);

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?");

    public MirroredRegistry {
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("\"" + host + "\" is not the host of a registry, such as docker.io");
        }
    }

    /** Its name of what is {@code local} here; empty if that is not below the prefix. */
    Optional<RepositoryName> remoteName(RepositoryName local) {
        String before = prefix + "/";
        return local.value().startsWith(before)
                ? Optional.of(new RepositoryName(local.value().substring(before.length())))
                : Optional.empty();
    }
}
