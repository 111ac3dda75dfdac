package io.dvcr.converters.face;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * The block before an entry of a tar archive, as GNU tar writes it: POSIX ustar, but for sizes from 8 GiB on, which are
 * binary. Times are 0, so that equal disks make equal archives. Owner and group are those of QEMU in KubeVirt: 107.
 */
final class TarHeader {
    static final int BLOCK = 512;

    private static final int QEMU = 107;
    private static final long LARGEST_OCTAL = (1L << 33) - 1;
    private static final int CHECKSUM_AT = 148;

    private TarHeader() {}

    static byte[] directory(String name) {
        return header(name, 0555, 0, '5');
    }

    static byte[] file(String name, long size) {
        return header(name, 0440, size, '0');
    }

    private static byte[] header(String name, int mode, long size, char type) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        text(block, 0, name);
        octal(block, 100, 7, mode);
        octal(block, 108, 7, QEMU);
        octal(block, 116, 7, QEMU);
        if (size <= LARGEST_OCTAL) {
            octal(block, 124, 11, size);
        } else {
            block.put(124, (byte) 0x80).putLong(128, size);
        }
        octal(block, 136, 11, 0);
        text(block, CHECKSUM_AT, "        ");
        block.put(156, (byte) type);
        text(block, 257, "ustar  ");
        int sum = 0;
        for (byte octet : block.array()) {
            sum += octet & 0xff;
        }
        octal(block, CHECKSUM_AT, 6, sum);
        block.put(CHECKSUM_AT + 6, (byte) 0);
        return block.array();
    }

    private static void octal(ByteBuffer block, int at, int digits, long value) {
        text(block, at, String.format("%0" + digits + "o", value));
    }

    private static void text(ByteBuffer block, int at, String text) {
        block.put(at, text.getBytes(US_ASCII));
    }
}
