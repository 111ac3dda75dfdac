package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.util.Optional;

/** Chunks that are in packs already, so that a disk can name them instead of storing them again. Thread-safe. */
public interface KnownChunks {

    /** Knows of none: every chunk is stored. */
    KnownChunks NONE = (_, _) -> Optional.empty();

    /**
     * Where the chunk with SHA-256 {@code chunk} is, which has {@code length} bytes; empty to have it stored anew. Must
     * not block.
     */
    Optional<Place> find(Digest chunk, int length);

    /**
     * A frame within a pack, in bytes.
     *
     * @param packLength the length of the whole pack
     */
    record Place(Digest pack, int packLength, int offset, int frameLength) {
        public Place {
            if (pack.algorithm() != Digest.Algorithm.SHA256) {
                throw new IllegalArgumentException("a pack is named by its SHA-256, not by " + pack);
            }
            if (packLength > DiskFormat.MAX_PACK
                    || offset < 0
                    || frameLength < 1
                    || (long) offset + frameLength > packLength) {
                throw new IllegalArgumentException(
                        "no frame of " + frameLength + " bytes at " + offset + " of a pack of " + packLength);
            }
        }
    }
}
