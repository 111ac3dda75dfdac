package io.dvcr.importers.unpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * The checksum of bzip2: the CRC-32 that others have, but with the bits of each byte, and its own, the other way round.
 * Turned round, it can be made by the processor. Not thread-safe.
 */
final class Bzip2Checksum {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int PIECE_BYTES = 8 << 10;

    private final CRC32 turned = new CRC32();
    private final byte[] piece = new byte[PIECE_BYTES];

    void update(byte[] bytes, int offset, int length) {
        for (int done = 0; done < length; done += PIECE_BYTES) {
            int count = Math.min(PIECE_BYTES, length - done);
            turn(bytes, offset + done, count);
            turned.update(piece, 0, count);
        }
    }

    private void turn(byte[] bytes, int offset, int count) {
        int words = count & -Long.BYTES;
        for (int i = 0; i < words; i += Long.BYTES) {
            WORDS.set(piece, i, turned((long) WORDS.get(bytes, offset + i)));
        }
        for (int i = words; i < count; i++) {
            piece[i] = (byte) turned(bytes[offset + i] & 0xff);
        }
    }

    /** The bits of each byte the other way round. */
    private static long turned(long bytes) {
        return Long.reverse(Long.reverseBytes(bytes));
    }

    int value() {
        return Integer.reverse((int) turned.getValue());
    }

    void reset() {
        turned.reset();
    }
}
