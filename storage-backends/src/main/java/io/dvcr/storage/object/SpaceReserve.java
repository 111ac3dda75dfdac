package io.dvcr.storage.object;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps a part of the file system free, so that a store which is full of data can still be tidied and can still record
 * how what it was doing ended. Data may not touch the reserve; records, which are small, may use half of it; moving and
 * deleting objects, as garbage collection does, may use all. Thread-safe.
 */
final class SpaceReserve {
    /** What is no larger is a record. */
    static final int MAX_RECORD_BYTES = 4096;

    private static final int SMALLEST_SHARE = 64;

    private final FreeSpace free;
    private final long bytes;

    /** How much can still be written, in bytes. */
    @FunctionalInterface
    interface FreeSpace {
        long bytes() throws IOException;
    }

    SpaceReserve(FreeSpace free, long bytes) {
        this.free = free;
        this.bytes = bytes;
    }

    /** Of the file system below {@code root}; of a small one, a small part. */
    static SpaceReserve of(Path root, long bytes) throws IOException {
        FileStore fileSystem = Files.getFileStore(root);
        return new SpaceReserve(
                fileSystem::getUsableSpace, Math.min(bytes, fileSystem.getTotalSpace() / SMALLEST_SHARE));
    }

    /** @throws StorageFullException unless there is room for {@code length} bytes more of what grows */
    void requireForData(long length) throws IOException {
        require(length, bytes);
    }

    /** @throws StorageFullException unless there is room for an object of {@code length} bytes */
    void requireForObject(long length) throws IOException {
        require(length, length > MAX_RECORD_BYTES ? bytes : bytes / 2);
    }

    private void require(long length, long kept) throws IOException {
        long left = free.bytes();
        if (left - length < kept) {
            throw new StorageFullException("no space left in the store: " + left + " bytes are free, of which " + kept
                    + " are kept for its own needs");
        }
    }
}
