package io.dvcr.importers.unpack;

import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The header of a block of xz that says how long the block is and was compressed with LZMA2 alone, as that of every block
 * is which several threads have made (The .xz File Format, section 3.1).
 *
 * @param bytes of the header itself
 * @param compressed bytes of what was compressed, without what follows it in the block
 */
record XzBlockHeader(int bytes, long compressed, long uncompressed, long dictionary) {
    /** What a header has at most. */
    static final int MAX_BYTES = 1024;

    private static final int LONGEST_NUMBER = 9;
    private static final int COMPRESSED_SIZE = 0x40;
    private static final int UNCOMPRESSED_SIZE = 0x80;
    private static final int LZMA2 = 0x21;
    private static final int MAX_DICTIONARY = 40;

    /** The one that begins at {@code offset}; empty if it is any other, or none. */
    static Optional<XzBlockHeader> parse(byte[] source, int offset) {
        if (offset >= source.length || source[offset] == 0) {
            return Optional.empty();
        }
        int length = length(source[offset]);
        if (length > source.length - offset || !isChecksumRight(source, offset, length)) {
            return Optional.empty();
        }
        return new Fields(Arrays.copyOfRange(source, offset, offset + length - 4)).header();
    }

    /** Of the header that begins with {@code first}. */
    static int length(byte first) {
        return ((first & 0xff) + 1) * 4;
    }

    private static boolean isChecksumRight(byte[] source, int offset, int length) {
        CRC32 crc = new CRC32();
        crc.update(source, offset, length - 4);
        return littleEndian(source, offset + length - 4) == (int) crc.getValue();
    }

    static int littleEndian(byte[] source, int offset) {
        int value = 0;
        for (int i = 3; i >= 0; i--) {
            value = value << 8 | (source[offset + i] & 0xff);
        }
        return value;
    }

    /** What a header has, field by field. */
    private static final class Fields {
        private final byte[] header;
        private int position = 2;

        Fields(byte[] header) {
            this.header = header;
        }

        Optional<XzBlockHeader> header() {
            if ((header[1] & 0xff) != (COMPRESSED_SIZE | UNCOMPRESSED_SIZE)) {
                return Optional.empty();
            }
            long compressed = number();
            long uncompressed = number();
            boolean isLzma2 = number() == LZMA2 && number() == 1 && position < header.length;
            int size = isLzma2 ? header[position++] : -1;
            if (compressed < 1 || uncompressed < 0 || size < 0 || size > MAX_DICTIONARY || !isRestZero()) {
                return Optional.empty();
            }
            return Optional.of(new XzBlockHeader(header.length + 4, compressed, uncompressed, dictionary(size)));
        }

        private static long dictionary(int size) {
            return (2L | (size & 1)) << (size / 2 + 11);
        }

        /** Seven bits a byte, the lowest first; -1 if there is none. */
        private long number() {
            long value = 0;
            for (int i = 0; i < LONGEST_NUMBER && position < header.length; i++) {
                byte one = header[position++];
                value |= (long) (one & 0x7f) << (7 * i);
                if (one >= 0) {
                    return value;
                }
            }
            return -1;
        }

        private boolean isRestZero() {
            for (int i = position; i < header.length; i++) {
                if (header[i] != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
