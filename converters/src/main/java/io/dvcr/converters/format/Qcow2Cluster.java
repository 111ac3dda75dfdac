package io.dvcr.converters.format;

import io.dvcr.converters.format.Qcow2Error.EntryInvalid;

/**
 * What an entry of an L2 table says of its cluster: docs/interop/qcow2 of the QEMU sources, section "L2 table entry".
 * An entry that QEMU takes for corruption when it reads the cluster is refused.
 */
sealed interface Qcow2Cluster {

    /** The cluster reads as zeros. */
    record Zeros() implements Qcow2Cluster {}

    /** The cluster is in the file as it is, from {@code offset} on. */
    record Data(long offset) implements Qcow2Cluster {}

    /** The cluster begins at {@code offset} and is compressed to at most {@code maxBytes}. */
    record Compressed(long offset, int maxBytes) implements Qcow2Cluster {}

    Zeros ZEROS = new Zeros();

    /** @throws ImageException if it says what cannot be */
    static Qcow2Cluster of(long entry, Qcow2Header header) {
        if ((entry & Bits.COMPRESSED) != 0) {
            return compressed(entry, header.clusterBits());
        }
        long offset = entry & Bits.OFFSET;
        if ((offset & (header.clusterBytes() - 1)) != 0) {
            throw new ImageException(new EntryInvalid(entry, "places its data off the clusters"));
        }
        if ((entry & Bits.ZERO) != 0) {
            if (header.version() < 3) {
                throw new ImageException(new EntryInvalid(entry, "has the zero flag, which version 2 has not"));
            }
            return ZEROS;
        }
        return offset == 0 ? ZEROS : new Data(offset);
    }

    /** What follows the offset counts the further sectors of 512 bytes that the compressed data is in. */
    private static Compressed compressed(long entry, int clusterBits) {
        int offsetBits = 62 - (clusterBits - 8);
        long offset = entry & ((1L << offsetBits) - 1);
        long sectors = ((entry & (Bits.COMPRESSED - 1)) >>> offsetBits) + 1;
        return new Compressed(offset, (int) (sectors * Bits.SECTOR - offset % Bits.SECTOR));
    }

    /** The parts of an entry. */
    final class Bits {
        static final long OFFSET = 0x00ff_ffff_ffff_fe00L;
        static final long COMPRESSED = 1L << 62;
        static final long ZERO = 1;
        static final int SECTOR = 512;

        private Bits() {}
    }
}
