package io.dvcr.converters.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** An image file whose bytes a test writes, and then spoils. */
final class ImageBytes {
    private ByteBuffer bytes;
    private final Consumer<ImageBytes> seal;

    /** @param seal sets the checksums, when all else is said */
    ImageBytes(int length, ByteOrder order, Consumer<ImageBytes> seal) {
        this.bytes = ByteBuffer.allocate(length).order(order);
        this.seal = seal;
    }

    ImageBytes int8(int offset, int value) {
        bytes.put(offset, (byte) value);
        return this;
    }

    ImageBytes int16(int offset, int value) {
        bytes.putShort(offset, (short) value);
        return this;
    }

    ImageBytes int32(int offset, int value) {
        bytes.putInt(offset, value);
        return this;
    }

    ImageBytes int64(int offset, long value) {
        bytes.putLong(offset, value);
        return this;
    }

    ImageBytes ascii(int offset, String text) {
        return put(offset, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    ImageBytes put(int offset, byte[] content) {
        bytes.put(offset, content);
        return this;
    }

    ImageBytes fill(int offset, int length, int value) {
        Arrays.fill(bytes.array(), offset, offset + length, (byte) value);
        return this;
    }

    /** Text for the same number of bytes of other text, which is there once. */
    ImageBytes replace(String text, String other) {
        String all = new String(bytes.array(), StandardCharsets.ISO_8859_1);
        int at = all.indexOf(text);
        if (at < 0 || text.length() < other.length()) {
            throw new IllegalArgumentException(text + " for " + other);
        }
        return ascii(at, other + " ".repeat(text.length() - other.length()));
    }

    ImageBytes cutTo(int length) {
        bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), length)).order(bytes.order());
        return this;
    }

    /** Sets the checksums. */
    ImageBytes sealed() {
        seal.accept(this);
        return this;
    }

    int length() {
        return bytes.capacity();
    }

    byte[] slice(int offset, int length) {
        return Arrays.copyOfRange(bytes.array(), offset, offset + length);
    }

    byte[] toBytes() {
        return bytes.array().clone();
    }
}
