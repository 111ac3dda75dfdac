package io.dvcr.importers.volume;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory whose files and block devices, and those of directories below it, may be imported.
 *
 * @param directory absolute; it may be a link itself, since it is the operator who names it
 * @param repositories to which they may be
 */
public record VolumeDirectory(Path directory, List<RepositoryPattern> repositories) {
    public VolumeDirectory {
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("a directory of volumes must be absolute, unlike " + directory);
        }
        directory = directory.normalize();
        repositories = List.copyOf(repositories);
    }

    boolean holds(Path path) {
        return path.startsWith(directory) && !path.equals(directory);
    }

    boolean isFor(RepositoryName repository) {
        return repositories.stream().anyMatch(pattern -> pattern.matches(repository));
    }
}
