package io.dvcr.converters.nbd;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** A connected socket that is read and written in whole messages. One thread may read while others write in turn. */
final class Wire implements Closeable {
    private final SocketChannel channel;

    Wire(SocketChannel channel) {
        this.channel = channel;
    }

    /** The next {@code length} bytes, which the caller has bounded. */
    ByteBuffer read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        fill(bytes);
        return bytes.flip();
    }

    /** Reads until {@code target} has no room left. */
    void fill(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw new EOFException("the NBD peer closed the connection");
            }
        }
    }

    void skip(int length) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(Math.min(length, 1 << 16));
        for (int left = length; left > 0; left -= piece.limit()) {
            fill(piece.clear().limit(Math.min(left, piece.capacity())));
        }
    }

    void write(ByteBuffer... parts) throws IOException {
        while (Arrays.stream(parts).anyMatch(ByteBuffer::hasRemaining)) {
            channel.write(parts);
        }
    }

    /** Ends what other threads are reading or writing, too. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
