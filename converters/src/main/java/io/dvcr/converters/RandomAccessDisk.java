package io.dvcr.converters;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk that can be read anywhere. Implementations are thread-safe. Closing releases what reading holds. */
public interface RandomAccessDisk extends Closeable {

    /** The virtual size in bytes: what a guest sees. */
    long size();

    /**
     * Fills {@code target} to its limit with the bytes from {@code offset} on.
     *
     * @throws IndexOutOfBoundsException if that goes beyond {@link #size()}
     */
    void read(long offset, ByteBuffer target) throws IOException;

    /**
     * The longest known run that begins at {@code offset} and is data throughout or reads as zeros throughout. Its
     * length is at least 1 and does not go beyond {@link #size()}.
     *
     * @throws IndexOutOfBoundsException if {@code offset} is not within the disk
     */
    Run runAt(long offset) throws IOException;

    /** A stretch of the disk, in bytes. A run that is not {@code data} reads as zeros. */
    record Run(long offset, long length, boolean data) {
        public long end() {
            return offset + length;
        }
    }
}
