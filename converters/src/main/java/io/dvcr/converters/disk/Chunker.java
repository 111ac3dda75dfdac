package io.dvcr.converters.disk;

import static io.dvcr.converters.disk.DiskFormat.BLOCK;
import static io.dvcr.converters.disk.DiskFormat.MAX_CHUNK;
import static io.dvcr.converters.disk.DiskFormat.MAX_DISK;
import static io.dvcr.converters.disk.DiskFormat.MIN_CHUNK;

import io.dvcr.converters.DiskSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Cuts a disk into chunks, section "Cutting". Where it cuts depends on the content alone, not on how the content is
 * split into calls. Not thread-safe.
 */
final class Chunker implements DiskSink {
    private static final int CUT_MASK = 0xF;
    private static final byte[] ZERO_BLOCK = new byte[BLOCK];

    private final Output output;
    private final CRC32C crc = new CRC32C();
    private byte[] chunk;
    private int chunkLength; // whole blocks, none of them zero
    private int partLength; // of the block under way, which follows them in the array
    private long block; // the number of the block under way
    private long firstBlock; // of the chunk under way, if it has any

    /** Takes the chunks, in disk order. */
    interface Output {
        /** An array of {@link DiskFormat#MAX_CHUNK} bytes for the next chunk; its content does not matter. */
        byte[] buffer();

        /** The chunk that begins at {@code firstBlock}; {@code content} came from {@link #buffer()}, and is given up. */
        void chunk(long firstBlock, byte[] content, int length) throws IOException;
    }

    Chunker(Output output) {
        this.output = output;
        this.chunk = output.buffer();
    }

    /** The bytes of the disk so far. */
    long size() {
        return block * BLOCK + partLength;
    }

    /** The bytes of the disk before the chunk under way. */
    long boundary() {
        return (chunkLength > 0 ? firstBlock : block) * BLOCK;
    }

    @Override
    public void data(ByteBuffer bytes) throws IOException {
        requireRoom(bytes.remaining());
        while (bytes.hasRemaining()) {
            int length = Math.min(BLOCK - partLength, bytes.remaining());
            bytes.get(chunk, chunkLength + partLength, length);
            grow(length);
        }
    }

    @Override
    public void zeros(long lengthBytes) throws IOException {
        requireRoom(lengthBytes);
        long left = lengthBytes;
        if (partLength > 0) {
            left -= zeroPart((int) Math.min(BLOCK - partLength, left));
        }
        if (left >= BLOCK) {
            endChunk();
            block += left / BLOCK;
        }
        zeroPart((int) (left % BLOCK));
    }

    /** The disk ends here. */
    void finish() throws IOException {
        if (partLength > 0) {
            endBlock();
        }
        endChunk();
    }

    private int zeroPart(int length) throws IOException {
        int from = chunkLength + partLength;
        Arrays.fill(chunk, from, from + length, (byte) 0);
        grow(length);
        return length;
    }

    private void grow(int length) throws IOException {
        partLength += length;
        if (partLength == BLOCK) {
            endBlock();
            block++;
            partLength = 0;
        }
    }

    private void endBlock() throws IOException {
        if (isZero()) {
            endChunk();
            return;
        }
        boolean cutHere = cutsAfterBlock();
        if (chunkLength == 0) {
            firstBlock = block;
        }
        chunkLength += partLength;
        if (chunkLength >= MAX_CHUNK || (chunkLength >= MIN_CHUNK && cutHere)) {
            endChunk();
        }
    }

    private boolean isZero() {
        return Arrays.mismatch(chunk, chunkLength, chunkLength + partLength, ZERO_BLOCK, 0, partLength) < 0;
    }

    private boolean cutsAfterBlock() {
        crc.reset();
        crc.update(chunk, chunkLength, partLength);
        return (crc.getValue() & CUT_MASK) == 0;
    }

    private void endChunk() throws IOException {
        if (chunkLength == 0) {
            return;
        }
        int length = chunkLength;
        chunkLength = 0;
        output.chunk(firstBlock, chunk, length);
        chunk = output.buffer();
    }

    private void requireRoom(long more) throws DiskFormatException {
        if (more < 0) {
            throw new IllegalArgumentException("a run of " + more + " bytes");
        }
        if (more > MAX_DISK - size()) {
            throw new DiskFormatException(
                    DiskFormatException.Reason.DISK_SIZE, "the disk is larger than " + MAX_DISK + " bytes");
        }
    }
}
