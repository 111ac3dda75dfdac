package io.dvcr.converters;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the content of a disk in order, from its first byte to its last. Not thread-safe. */
public interface DiskSink {

    /** The whole disk will have {@code sizeBytes}. Said before any of it comes, if it is known by then. */
    default void expect(long sizeBytes) throws IOException {}

    /** The disk goes on with {@code bytes}, which are consumed before this returns; they may well be zeros. */
    void data(ByteBuffer bytes) throws IOException;

    /** The disk goes on with {@code lengthBytes} zero bytes. */
    void zeros(long lengthBytes) throws IOException;
}
