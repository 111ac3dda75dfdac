package io.dvcr.importers.source;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image in a file, or on a block device, of the server's host.
 *
 * @param path absolute, and without detours
 * @param checksum what all of it must hash to
 */
public record VolumeSource(Path path, Optional<Checksum> checksum) implements ImportSource {
    private static final int MAX_PATH = 4096;

    public VolumeSource {
        if (!path.isAbsolute() || !path.equals(path.normalize()) || path.getNameCount() == 0) {
            throw new IllegalArgumentException("path must be absolute, without . and .., unlike " + path);
        }
    }

    /** @throws RegistryException with {@link RequestInvalid} if a client's {@code path} will not do */
    public static VolumeSource parse(String path, Optional<Checksum> checksum) {
        try {
            if (path.length() > MAX_PATH) {
                throw new IllegalArgumentException("path has more than " + MAX_PATH + " characters");
            }
            return new VolumeSource(Path.of(path), checksum);
        } catch (InvalidPathException e) {
            throw invalid("path is none: " + e.getReason());
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new RequestInvalid("source.volume." + reason));
    }
}
