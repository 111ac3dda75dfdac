package io.dvcr.converters.format;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A whole image file, to be read anywhere. Its size is what it was at first. */
record ImageFile(FileChannel channel, long size) {

    ImageFile(FileChannel channel) throws IOException {
        this(channel, channel.size());
    }

    /** Fills {@code target} to its limit, and makes it ready to be read. */
    ByteBuffer read(long offset, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, offset + target.position()) < 0) {
                throw new EOFException("the file became shorter while it was inspected");
            }
        }
        return target.flip();
    }
}
