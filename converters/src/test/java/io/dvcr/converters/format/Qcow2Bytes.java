package io.dvcr.converters.format;

import java.nio.ByteOrder;

/**
 * A small, valid qcow2 image of 1 MiB in clusters of 64 KiB: header, refcount table, refcount block, L1 table, L2 table,
 * one cluster of data that is guest cluster 2.
 */
final class Qcow2Bytes {
    static final int CLUSTER = 1 << 16;
    static final long VIRTUAL_SIZE = 1 << 20;
    static final int L1 = 3 * CLUSTER;
    static final int L2 = 4 * CLUSTER;
    static final int DATA = 5 * CLUSTER;

    private Qcow2Bytes() {}

    static ImageBytes version2() {
        return image(2);
    }

    static ImageBytes version3() {
        return image(3).int32(96, 4).int32(100, 112);
    }

    private static ImageBytes image(int version) {
        return new ImageBytes(6 * CLUSTER, ByteOrder.BIG_ENDIAN, _ -> {})
                .ascii(0, "QFI\u00fb")
                .int32(4, version)
                .int32(20, 16)
                .int64(24, VIRTUAL_SIZE)
                .int32(36, 1)
                .int64(40, L1)
                .int64(48, CLUSTER)
                .int32(56, 1)
                .int64(CLUSTER, 2L * CLUSTER)
                .int64(L1, L2 | 1L << 63)
                .int64(L2 + 16, DATA | 1L << 63)
                .fill(DATA, CLUSTER, 7);
    }
}
