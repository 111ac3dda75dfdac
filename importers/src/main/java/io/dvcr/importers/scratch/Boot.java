package io.dvcr.importers.scratch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The time since this machine was last started, by the name that Linux gives it. What was written to a file since then
 * is there, whether it has reached the disk or not, and however the process ended that wrote it.
 */
record Boot(String id) {
    private static final Path ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** Empty if the system does not tell. */
    static Optional<Boot> now() {
        try {
            return Optional.of(new Boot(Files.readString(ID).strip()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
