package io.dvcr.cli.config;

import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.s3.S3Settings;
import java.util.Optional;

/**
 * Where a server keeps what it must not lose.
 *
 * @param reserveBytes what of the disk is kept free for the store's own needs
 * @param s3 the bucket; empty to keep everything in files below the data directory
 */
public record StorageSettings(long reserveBytes, Optional<S3Settings> s3) {
    static final StorageSettings DEFAULTS =
            new StorageSettings(FileSystemStore.DEFAULT_RESERVE_BYTES, Optional.empty());
}
