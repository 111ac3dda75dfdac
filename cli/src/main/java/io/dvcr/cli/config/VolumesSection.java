package io.dvcr.cli.config;

import io.dvcr.importers.volume.VolumeDirectory;
import io.dvcr.storage.RepositoryPattern;
import java.nio.file.Path;
import java.util.List;

/** Reads an element of {@code volumes}: what of this host may be imported. */
final class VolumesSection {
    private static final ValueType<RepositoryPattern> PATTERN =
            new ValueType<>("repository pattern", RepositoryPattern::of, RepositoryPattern::toString, false);

    private VolumesSection() {}

    static VolumeDirectory read(Section section) {
        Path directory = section.requiredPath("directory");
        return new VolumeDirectory(directory, section.values("repositories", PATTERN, List.of(RepositoryPattern.ALL)));
    }
}
