package io.dvcr.importers.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.IOException;

/** A block of a tar that says what follows: as POSIX ustar has it, and GNU's form of sizes. Immutable. */
final class TarHeader {
    static final int BYTES = 512;
    private static final String USTAR = "ustar";
    private static final int NUMBER_BYTES = 12;

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
        return number(124);
    }

    /** Twelve bytes of octal digits, or of GNU's form for 8 GiB and more: big-endian, the highest bit set. */
    private long number(int offset) {
        if ((block[offset] & 0x80) == 0) {
            return octal(text(offset, NUMBER_BYTES));
        }
        long number = block[offset] & 0x7f;
        for (int i = offset + 1; i < offset + NUMBER_BYTES; i++) {
            if (number > Long.MAX_VALUE >> 8) {
                throw malformed("an entry has an impossible size");
            }
            number = (number << 8) | (block[i] & 0xff);
        }
        return number;
    }

    /**
     * The map of a sparse file, as GNU tar has it of old: four stretches in the header, 21 in each of the blocks behind it
     * for as long as these say that there are more.
     *
     * @param stored how much of the file the tar has
     */
    TarHoles holes(TarSparse.Blocks blocks, long stored) throws IOException {
        TarHoles.Builder holes = new TarHoles.Builder(number(483));
        add(386, 4, holes);
        boolean more = block[482] != 0;
        while (more) {
            TarHeader next = new TarHeader(blocks.next());
            next.add(0, 21, holes);
            more = next.block[504] != 0;
        }
        return holes.build(stored);
    }

    private void add(int offset, int count, TarHoles.Builder holes) {
        for (int i = 0; i < count && block[offset + 2 * NUMBER_BYTES * i] != 0; i++) {
            int place = offset + 2 * NUMBER_BYTES * i;
            holes.add(number(place), number(place + NUMBER_BYTES));
        }
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
