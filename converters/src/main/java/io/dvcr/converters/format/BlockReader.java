package io.dvcr.converters.format;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** How a block of a disk is read from its file. Implementations are thread-safe. */
@FunctionalInterface
interface BlockReader {

    /**
     * Fills {@code target} with the bytes from {@code within} the block on, which do not go beyond it.
     *
     * @param place where the block begins in {@code file}
     * @throws ImageException if what is there is no block
     * @throws EOFException if the file ends within it
     */
    void read(FileContent file, long block, long place, int within, ByteBuffer target) throws IOException;

    /** Blocks that are in the file as they are. */
    BlockReader AS_IS = (file, _, place, within, target) -> readFully(file, place + within, target);

    /** @throws EOFException if the file ends before {@code target} is full */
    static void readFully(FileContent file, long offset, ByteBuffer target) throws IOException {
        file.read(offset, target);
        if (target.hasRemaining()) {
            throw new EOFException("the file ends after byte " + offset + ", where there should be more");
        }
    }
}
