package io.dvcr.converters.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** What a header holds, by the offset in it. Asking beyond its end is an {@link IndexOutOfBoundsException}. */
record Fields(ByteBuffer bytes) {

    static Fields bigEndian(ByteBuffer bytes) {
        return new Fields(bytes.slice().order(ByteOrder.BIG_ENDIAN));
    }

    static Fields littleEndian(ByteBuffer bytes) {
        return new Fields(bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    int length() {
        return bytes.limit();
    }

    int unsigned8(int offset) {
        return Byte.toUnsignedInt(bytes.get(offset));
    }

    int unsigned16(int offset) {
        return Short.toUnsignedInt(bytes.getShort(offset));
    }

    long unsigned32(int offset) {
        return Integer.toUnsignedLong(bytes.getInt(offset));
    }

    long signed64(int offset) {
        return bytes.getLong(offset);
    }

    /** Whether the bytes at {@code offset} are those of {@code text}, each character one. */
    boolean holds(int offset, String text) {
        return slice(offset, text.length()).equals(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    boolean isZero(int offset, int length) {
        return slice(offset, length).equals(ByteBuffer.allocate(length));
    }

    ByteBuffer slice(int offset, int length) {
        return bytes.slice(offset, length);
    }
}
