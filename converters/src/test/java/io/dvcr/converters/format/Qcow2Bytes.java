package io.dvcr.converters.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A small, valid qcow2 image of 1 MiB in clusters of 64 KiB, whose bytes a test then spoils: header, refcount table,
 * refcount block, L1 table, L2 table, one cluster of data that is guest cluster 2.
 */
final class Qcow2Bytes {
    static final int CLUSTER = 1 << 16;
    static final long VIRTUAL_SIZE = 1 << 20;
    static final int L1 = 3 * CLUSTER;
    static final int L2 = 4 * CLUSTER;
    static final int DATA = 5 * CLUSTER;

    private ByteBuffer bytes;

    private Qcow2Bytes(int version) {
        bytes = ByteBuffer.allocate(6 * CLUSTER);
        ascii(0, "QFI\u00fb").int32(4, version).int32(20, 16).int64(24, VIRTUAL_SIZE);
        int32(36, 1).int64(40, L1).int64(48, CLUSTER).int32(56, 1);
        if (version == 3) {
            int32(96, 4).int32(100, 112);
        }
        int64(CLUSTER, 2L * CLUSTER).int64(L1, L2 | 1L << 63).int64(L2 + 16, DATA | 1L << 63);
        Arrays.fill(bytes.array(), DATA, DATA + CLUSTER, (byte) 7);
    }

    static Qcow2Bytes version2() {
        return new Qcow2Bytes(2);
    }

    static Qcow2Bytes version3() {
        return new Qcow2Bytes(3);
    }

    Qcow2Bytes int8(int offset, int value) {
        bytes.put(offset, (byte) value);
        return this;
    }

    Qcow2Bytes int32(int offset, int value) {
        bytes.putInt(offset, value);
        return this;
    }

    Qcow2Bytes int64(int offset, long value) {
        bytes.putLong(offset, value);
        return this;
    }

    Qcow2Bytes ascii(int offset, String text) {
        bytes.put(offset, text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Qcow2Bytes cutTo(int length) {
        bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), length));
        return this;
    }

    byte[] toBytes() {
        return bytes.array().clone();
    }
}
