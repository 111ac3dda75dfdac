package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.nio.ByteBuffer;

/**
 * A chunk that has been hashed and, unless it is stored already, compressed.
 *
 * @param digest the SHA-256 of {@code content}
 */
record PreparedChunk(long firstBlock, ByteBuffer content, Digest digest, Storage storage) {

    /** What keeps the chunk. */
    sealed interface Storage {
        /** This disk had it before. */
        record SameDisk() implements Storage {}

        /** A pack that was there before this disk. */
        record KnownPack(KnownChunks.Place place) implements Storage {}

        /** Nothing yet: {@code frame} has to be. */
        record NewFrame(ByteBuffer frame) implements Storage {}
    }
}
