package io.dvcr.converters.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Is told what a disk consists of while it is written: every extent with its chunk, in the order of the disk. What lies
 * between them is zero. Buffers are not to be kept once a call returns. Called by the thread that writes.
 */
public interface ChunkObserver {

    /** Takes no notice. */
    ChunkObserver NONE = new ChunkObserver() {
        @Override
        public void expect(long sizeBytes) {}

        @Override
        public void chunk(long offset, ByteBuffer content, ByteBuffer frame) {}

        @Override
        public void chunk(long offset, ByteBuffer content, KnownChunks.Place frame) {}
    };

    /** The whole disk will have {@code sizeBytes}. Said before any chunk, if it is known by then. */
    void expect(long sizeBytes) throws IOException;

    /** At byte {@code offset} of the disk there is {@code content}, which {@code frame} holds. */
    void chunk(long offset, ByteBuffer content, ByteBuffer frame) throws IOException;

    /** At byte {@code offset} of the disk there is {@code content}, whose frame can be read from its pack by now. */
    void chunk(long offset, ByteBuffer content, KnownChunks.Place frame) throws IOException;
}
