package io.dvcr.converters.disk;

import java.nio.ByteBuffer;

/** The rows of a table under construction: bytes that grow, big-endian. Not thread-safe. */
final class TableBytes {
    private ByteBuffer rows;

    TableBytes(int rowLength) {
        rows = ByteBuffer.allocate(rowLength * 16);
    }

    /** A buffer to append {@code length} bytes to. */
    ByteBuffer room(int length) {
        if (rows.remaining() < length) {
            int doubled = (int) Math.min(DiskFormat.MAX_INDEX, rows.capacity() * 2L);
            rows = ByteBuffer.allocate(doubled).put(rows.flip());
        }
        return rows;
    }

    /** Everything appended, to be read or changed at absolute positions. */
    ByteBuffer bytes() {
        return rows;
    }

    /** What was appended behind the first {@code offset} bytes: read-only. */
    ByteBuffer from(int offset) {
        return rows.slice(offset, rows.position() - offset).asReadOnlyBuffer();
    }

    void writeTo(ByteBuffer out) {
        out.put(rows.duplicate().flip());
    }
}
