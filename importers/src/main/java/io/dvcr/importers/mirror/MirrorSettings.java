package io.dvcr.importers.mirror;

import io.dvcr.storage.RepositoryName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which registries are mirrored, and how much of them is kept.
 *
 * @param maxBytes what is kept of all of them together, before the longest unused goes
 */
public record MirrorSettings(long maxBytes, List<MirroredRegistry> registries, List<PinRule> pinned) {
    public static final MirrorSettings DEFAULTS = new MirrorSettings(100L << 30, List.of(), List.of());

    public MirrorSettings {
        registries = List.copyOf(registries);
        pinned = List.copyOf(pinned);
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxSize must not be negative");
        }
        Set<RepositoryName> prefixes = new HashSet<>();
        Set<String> hosts = new HashSet<>();
        for (MirroredRegistry registry : registries) {
            boolean within = registries.stream()
                    .anyMatch(other -> registry.remoteName(other.prefix()).isPresent());
            if (within || !prefixes.add(registry.prefix())) {
                throw new IllegalArgumentException("prefix " + registry.prefix() + " is of two registries");
            }
            if (!hosts.add(registry.host())) {
                throw new IllegalArgumentException("registry " + registry.host() + " is mirrored twice");
            }
        }
    }
}
