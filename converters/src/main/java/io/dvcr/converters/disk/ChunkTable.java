package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The chunk table of an index under construction, found by SHA-256 with 8 bytes or so a chunk beside the table itself.
 * Thread-safe: workers look up what the writer adds.
 */
final class ChunkTable {
    /** What {@link #find} returns for a chunk that is not there. */
    static final int NONE = -1;

    private static final int HASH_LENGTH = 32;

    private final TableBytes rows = new TableBytes(IndexHeader.CHUNK_ROW);
    // Random, so that nobody can craft chunks that all fall into one slot.
    private final long seed = new SecureRandom().nextLong() | 1;
    private int[] slots = new int[1 << 6]; // number + 1, or 0
    private int count;

    /** The number of the chunk, or {@link #NONE}. */
    synchronized int find(Digest chunk) {
        return slots[slot(chunk.bytes())] - 1;
    }

    /** Adds a chunk that is not there, and returns its number. */
    synchronized int add(Digest chunk, FrameLocation frame, int chunkLength) {
        byte[] hash = chunk.bytes();
        rows.room(IndexHeader.CHUNK_ROW)
                .put(hash)
                .putInt(frame.pack())
                .putInt(frame.offset())
                .putInt(frame.length())
                .putInt(chunkLength);
        slots[slot(hash)] = ++count;
        if (count > slots.length / 2) {
            rehash();
        }
        return count - 1;
    }

    synchronized int count() {
        return count;
    }

    synchronized FrameLocation frame(int number) {
        int at = number * IndexHeader.CHUNK_ROW + HASH_LENGTH;
        ByteBuffer row = rows.bytes();
        return new FrameLocation(row.getInt(at), row.getInt(at + 4), row.getInt(at + 8));
    }

    /** Has the chunk's frame be elsewhere from now on. */
    synchronized void moveFrame(int number, FrameLocation frame) {
        int at = number * IndexHeader.CHUNK_ROW + HASH_LENGTH;
        rows.bytes().putInt(at, frame.pack()).putInt(at + 4, frame.offset()).putInt(at + 8, frame.length());
    }

    synchronized int chunkLength(int number) {
        return rows.bytes().getInt(number * IndexHeader.CHUNK_ROW + HASH_LENGTH + 12);
    }

    /** The rows from number {@code first} on. */
    synchronized ByteBuffer rowsFrom(int first) {
        return rows.from(first * IndexHeader.CHUNK_ROW);
    }

    synchronized void writeTo(ByteBuffer out) {
        rows.writeTo(out);
    }

    private void rehash() {
        slots = new int[slots.length * 2];
        byte[] hash = new byte[HASH_LENGTH];
        for (int number = 0; number < count; number++) {
            rows.bytes().get(number * IndexHeader.CHUNK_ROW, hash);
            slots[slot(hash)] = number + 1;
        }
    }

    /** The slot that holds the chunk, or the free one that would. */
    private int slot(byte[] hash) {
        long key = ByteBuffer.wrap(hash).getLong() * seed;
        int slot = (int) (key >>> (Long.numberOfLeadingZeros(slots.length) + 1));
        while (slots[slot] != 0 && !isAt(slots[slot] - 1, hash)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private boolean isAt(int number, byte[] hash) {
        int from = number * IndexHeader.CHUNK_ROW;
        return Arrays.equals(rows.bytes().array(), from, from + HASH_LENGTH, hash, 0, HASH_LENGTH);
    }
}
