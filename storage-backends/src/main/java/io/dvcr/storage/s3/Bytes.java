package io.dvcr.storage.s3;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import software.amazon.awssdk.core.sync.RequestBody;

/** What is sent to a server, from where it lies; nobody may change it until it has arrived. */
final class Bytes {
    static final Bytes NONE = new Bytes(new byte[0], 0, 0);

    private static final String TYPE = "application/octet-stream";

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** The first {@code length} bytes. */
    static Bytes of(byte[] array, int length) {
        return new Bytes(array, 0, length);
    }

    static Bytes of(ByteBuffer content) {
        if (content.hasArray()) {
            return new Bytes(content.array(), content.arrayOffset() + content.position(), content.remaining());
        }
        byte[] copy = new byte[content.remaining()];
        content.duplicate().get(copy);
        return of(copy, copy.length);
    }

    long length() {
        return length;
    }

    /** Can be sent several times. */
    RequestBody body() {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(array, offset, length), length, TYPE);
    }
}
