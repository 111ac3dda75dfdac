package io.dvcr.storage.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;
import software.amazon.awssdk.core.sync.RequestBody;

/** What is sent to a server, from where it lies; nobody may change it until it has arrived. */
final class Bytes {
    static final Bytes NONE = new Bytes(ByteBuffer.allocate(0));

    private static final String TYPE = "application/octet-stream";

    private final ByteBuffer content;

    private Bytes(ByteBuffer content) {
        this.content = content;
    }

    /** What is between the position of {@code content} and its limit. */
    static Bytes of(ByteBuffer content) {
        return new Bytes(content.slice());
    }

    long length() {
        return content.remaining();
    }

    /** Can be sent several times. */
    RequestBody body() {
        return RequestBody.fromContentProvider(() -> new BufferStream(content.duplicate()), length(), TYPE);
    }

    /** What is left in a buffer. Not thread-safe. */
    private static final class BufferStream extends InputStream {
        private final ByteBuffer left;

        BufferStream(ByteBuffer left) {
            this.left = left;
        }

        @Override
        public int available() {
            return left.remaining();
        }

        @Override
        public int read() {
            return left.hasRemaining() ? left.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (!left.hasRemaining() && length > 0) {
                return -1;
            }
            int count = Math.min(length, left.remaining());
            left.get(target, offset, count);
            return count;
        }
    }
}
