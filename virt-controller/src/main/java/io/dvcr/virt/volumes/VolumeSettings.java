package io.dvcr.virt.volumes;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How volumes are kept.
 *
 * @param classes the storage classes, by name
 * @param defaultClass the name of the one that is taken if none is named
 * @param concurrentDownloads how many images are fetched at once
 */
public record VolumeSettings(Map<String, StorageClass> classes, String defaultClass, int concurrentDownloads) {
    public static final VolumeSettings DEFAULTS = new VolumeSettings(
            Map.of("file", new StorageClass.File(), "overlay", new StorageClass.Overlay()), "file", 4);

    public VolumeSettings {
        classes = Map.copyOf(classes);
        if (!classes.containsKey(defaultClass)) {
            throw new IllegalArgumentException(
                    "the default storage class " + defaultClass + " is none of " + new TreeSet<>(classes.keySet()));
        }
        if (concurrentDownloads < 1) {
            throw new IllegalArgumentException(concurrentDownloads + " downloads at once");
        }
    }

    /** @throws RegistryException with {@link RequestInvalid} if there is no such class */
    StorageClass named(Optional<String> name) {
        String wanted = name.orElse(defaultClass);
        return Optional.ofNullable(classes.get(wanted))
                .orElseThrow(() -> new RegistryException(new RequestInvalid("there is no storage class \"" + wanted
                        + "\"; there are " + String.join(", ", new TreeSet<>(classes.keySet())))));
    }
}
