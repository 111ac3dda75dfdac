package io.dvcr.converters.format;

import static io.dvcr.converters.format.VhdError.refuse;

import io.dvcr.converters.format.VhdError.Fault;
import java.nio.ByteBuffer;

/**
 * The footer of a vhd, which a dynamic one has at its beginning as well: section "Hard Disk Footer Format".
 *
 * <p>The disk has the size that the footer names. QEMU left to itself takes that of the geometry for disks of some
 * programs, which cuts off the end of the disk.
 *
 * @param headerOffset where a dynamic disk has its header
 * @param sizeBytes a positive multiple of 512, at most 2040 GiB
 */
record VhdFooter(Type type, long headerOffset, long sizeBytes) {
    static final int BYTES = 512;
    static final long VERSION_1_0 = 0x00010000;

    private static final int CHECKSUM = 64;
    private static final long MAX_BYTES = 2040L << 30;

    enum Type {
        FIXED,
        DYNAMIC
    }

    /** @throws ImageException if it is not the footer of a disk that can be imported */
    static VhdFooter parse(ByteBuffer footer) {
        Fields fields = Fields.bigEndian(footer);
        checkSum(fields, CHECKSUM);
        if (fields.unsigned32(12) != VERSION_1_0) {
            throw refuse(
                    Fault.VERSION_UNSUPPORTED,
                    "vhd version 0x" + Long.toHexString(fields.unsigned32(12)) + ": expected 0x10000");
        }
        return new VhdFooter(type(fields.unsigned32(60)), fields.signed64(16), size(fields.signed64(48)));
    }

    /** The size of the fixed disk in a file of {@code fileBytes} that ends with {@code tail}. */
    static long fixedSize(ByteBuffer tail, long fileBytes) {
        VhdFooter footer = parse(tail.slice(tail.limit() - BYTES, BYTES));
        if (footer.type != Type.FIXED) {
            throw refuse(
                    Fault.TYPE_UNSUPPORTED,
                    "a dynamic disk that does not begin with its footer: expected a complete file");
        }
        if (footer.sizeBytes != fileBytes - BYTES) {
            throw refuse(
                    Fault.SIZE_INVALID,
                    "a fixed disk of " + footer.sizeBytes + " bytes in a file of " + fileBytes + ": expected a file of "
                            + (footer.sizeBytes + BYTES));
        }
        return footer.sizeBytes;
    }

    /** @throws ImageException unless the number at {@code at} is the checksum of all the other bytes */
    static void checkSum(Fields fields, int at) {
        int sum = 0;
        for (int i = 0; i < fields.length(); i++) {
            sum += i >= at && i < at + Integer.BYTES ? 0 : fields.unsigned8(i);
        }
        if (fields.unsigned32(at) != Integer.toUnsignedLong(~sum)) {
            throw refuse(
                    Fault.CHECKSUM_WRONG,
                    "a checksum is 0x" + Long.toHexString(fields.unsigned32(at)) + ": expected 0x"
                            + Integer.toHexString(~sum));
        }
    }

    private static Type type(long type) {
        if (type == 4) {
            throw refuse(Fault.PARENT, "a differencing disk: expected a self-contained image; merge it");
        }
        if (type != 2 && type != 3) {
            throw refuse(Fault.TYPE_UNSUPPORTED, "vhd type " + type + ": expected 2 (fixed) or 3 (dynamic)");
        }
        return type == 2 ? Type.FIXED : Type.DYNAMIC;
    }

    private static long size(long bytes) {
        if (bytes <= 0 || bytes > MAX_BYTES || bytes % 512 != 0) {
            throw refuse(
                    Fault.SIZE_INVALID,
                    "a disk of " + Long.toUnsignedString(bytes) + " bytes: expected a positive multiple of 512 up to "
                            + MAX_BYTES);
        }
        return bytes;
    }
}
