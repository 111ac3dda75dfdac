package io.dvcr.importers.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.importers.unpack.UnpackError.Fault;

/** A block of a tar that says what follows: as POSIX ustar has it, and GNU's form of sizes. Immutable. */
final class TarHeader {
    static final int BYTES = 512;
    private static final String USTAR = "ustar";

    private final byte[] block;

    TarHeader(byte[] block) {
        this.block = block;
    }

    /** Whether a file that begins with {@code head} is a tar with something in it. */
    static boolean begins(byte[] head) {
        if (head.length < BYTES) {
            return false;
        }
        TarHeader header = new TarHeader(head);
        return !header.isEnd() && header.looksRight();
    }

    boolean isWhole() {
        return block.length == BYTES;
    }

    /** Whether it marks the end of the tar: all zeros. */
    boolean isEnd() {
        for (byte one : block) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is one by its magic, or, if it is of old, by its checksum. */
    boolean looksRight() {
        return USTAR.equals(text(257, 5)) || isChecksumRight();
    }

    /** @throws UnpackException if it is not a header */
    TarEntry parse() {
        if (!isChecksumRight()) {
            throw malformed("a header does not have its checksum");
        }
        String prefix = USTAR.equals(text(257, 5)) && block[262] == 0 ? text(345, 155) : "";
        String name = prefix.isEmpty() ? text(0, 100) : prefix + "/" + text(0, 100);
        return new TarEntry(name, (char) (block[156] & 0xff), size());
    }

    private long size() {
        if ((block[124] & 0x80) != 0) {
            return binarySize();
        }
        return octal(text(124, 12));
    }

    /** GNU's form for sizes of 8 GiB and more: big-endian, the highest bit set. */
    private long binarySize() {
        long size = block[124] & 0x7f;
        for (int i = 125; i < 136; i++) {
            if (size > Long.MAX_VALUE >> 8) {
                throw malformed("an entry has an impossible size");
            }
            size = (size << 8) | (block[i] & 0xff);
        }
        return size;
    }

    private static long octal(String text) {
        String digits = text.strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 8);
        } catch (NumberFormatException e) {
            throw malformed("a header has a number that is none");
        }
    }

    private boolean isChecksumRight() {
        long sum = 0;
        for (int i = 0; i < BYTES; i++) {
            sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
        }
        try {
            return octal(text(148, 8)) == sum;
        } catch (UnpackException e) {
            return false;
        }
    }

    private String text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return new String(block, offset, end - offset, UTF_8);
    }

    static UnpackException malformed(String reason) {
        return UnpackError.refuse(Fault.TAR_MALFORMED, "the tar is malformed: " + reason);
    }
}
