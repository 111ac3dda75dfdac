package io.dvcr.converters.disk;

import static io.dvcr.converters.disk.DiskFormat.BLOCK;
import static io.dvcr.converters.disk.DiskFormat.MAX_CHUNK;
import static io.dvcr.converters.disk.DiskFormat.MAX_PACK;

import io.dvcr.converters.disk.DiskFormatException.Reason;
import java.nio.ByteBuffer;

/** Holds the tables of an index against the rules of section "What a reader checks". Allocates nothing. */
final class IndexCheck {
    private static final int HASH_LENGTH = 32;

    private final ByteBuffer blob;
    private final IndexHeader header;

    /** @param header that of {@code blob}: the tables are known to be there in full */
    IndexCheck(ByteBuffer blob, IndexHeader header) {
        this.blob = blob;
        this.header = header;
    }

    /** The bytes of the disk that the extents cover, once everything is found to be in order. */
    long usedSize() throws DiskFormatException {
        checkPacks();
        checkChunks();
        return checkExtents();
    }

    private void checkPacks() throws DiskFormatException {
        for (int pack = 0; pack < header.packCount(); pack++) {
            long length = unsigned(header.packAt(pack) + HASH_LENGTH);
            if (length < 1 || length > MAX_PACK) {
                throw broken(Reason.PACK_LENGTH, "pack " + pack + " of " + length + " bytes");
            }
        }
    }

    private void checkChunks() throws DiskFormatException {
        long packsNamed = 0;
        for (int chunk = 0; chunk < header.chunkCount(); chunk++) {
            int at = header.chunkAt(chunk) + HASH_LENGTH;
            packsNamed = checkPack(chunk, unsigned(at), packsNamed);
            checkLengths(chunk, unsigned(at + 8), unsigned(at + 12));
            checkFrame(chunk, (int) unsigned(at), unsigned(at + 4) + unsigned(at + 8));
        }
        if (packsNamed < header.packCount()) {
            throw broken(Reason.PACK_UNUSED, "pack " + packsNamed + " is named by no chunk");
        }
    }

    /** Returns how many packs have been named so far: they are numbered in the order in which they first are. */
    private long checkPack(int chunk, long pack, long packsNamed) throws DiskFormatException {
        if (pack >= header.packCount()) {
            throw broken(Reason.PACK_UNKNOWN, "chunk " + chunk + " is in pack " + pack + " of " + header.packCount());
        }
        if (pack > packsNamed) {
            throw broken(Reason.PACK_ORDER, "chunk " + chunk + " names pack " + pack + " before " + packsNamed);
        }
        return Math.max(packsNamed, pack + 1);
    }

    private static void checkLengths(int chunk, long frameLength, long chunkLength) throws DiskFormatException {
        if (chunkLength < 1 || chunkLength > MAX_CHUNK) {
            throw broken(Reason.CHUNK_LENGTH, "chunk " + chunk + " of " + chunkLength + " bytes");
        }
        if (frameLength < 1 || frameLength > DiskFormat.maxFrame((int) chunkLength)) {
            throw broken(
                    Reason.FRAME_LENGTH,
                    "chunk " + chunk + " of " + chunkLength + " bytes in a frame of " + frameLength);
        }
    }

    private void checkFrame(int chunk, int pack, long frameEnd) throws DiskFormatException {
        long packLength = unsigned(header.packAt(pack) + HASH_LENGTH);
        if (frameEnd > packLength) {
            throw broken(
                    Reason.FRAME_BEYOND_PACK,
                    "chunk " + chunk + " ends at " + frameEnd + " of pack " + pack + ", which has " + packLength);
        }
    }

    private long checkExtents() throws DiskFormatException {
        long chunksNamed = 0;
        long previousStart = -1;
        long previousEnd = 0;
        long used = 0;
        for (int extent = 0; extent < header.extentCount(); extent++) {
            long start = unsigned(header.extentAt(extent)) * BLOCK;
            long chunk = unsigned(header.extentAt(extent) + 4);
            chunksNamed = checkChunk(extent, chunk, chunksNamed);
            long length = unsigned(header.chunkAt((int) chunk) + HASH_LENGTH + 12);
            checkOrder(extent, start, previousStart, previousEnd);
            checkEnd(extent, start + length, length);
            previousStart = start;
            previousEnd = start + length;
            used += length;
        }
        if (chunksNamed < header.chunkCount()) {
            throw broken(Reason.CHUNK_UNUSED, "chunk " + chunksNamed + " is named by no extent");
        }
        return used;
    }

    private long checkChunk(int extent, long chunk, long chunksNamed) throws DiskFormatException {
        if (chunk >= header.chunkCount()) {
            throw broken(
                    Reason.CHUNK_UNKNOWN, "extent " + extent + " is chunk " + chunk + " of " + header.chunkCount());
        }
        if (chunk > chunksNamed) {
            throw broken(Reason.CHUNK_ORDER, "extent " + extent + " names chunk " + chunk + " before " + chunksNamed);
        }
        return Math.max(chunksNamed, chunk + 1);
    }

    private static void checkOrder(int extent, long start, long previousStart, long previousEnd)
            throws DiskFormatException {
        if (start <= previousStart) {
            throw broken(Reason.EXTENT_ORDER, "extent " + extent + " at " + start + " after one at " + previousStart);
        }
        if (start < previousEnd) {
            throw broken(
                    Reason.EXTENT_OVERLAP, "extent " + extent + " at " + start + " before the end at " + previousEnd);
        }
    }

    private void checkEnd(int extent, long end, long length) throws DiskFormatException {
        long diskSize = header.diskSize();
        if (end > diskSize) {
            throw broken(
                    Reason.EXTENT_BEYOND_DISK, "extent " + extent + " ends at " + end + ", the disk at " + diskSize);
        }
        if (length % BLOCK != 0 && end != diskSize) {
            throw broken(
                    Reason.SHORT_CHUNK,
                    "extent " + extent + " of " + length + " bytes ends at " + end + ", the disk at " + diskSize);
        }
    }

    private long unsigned(int position) {
        return Integer.toUnsignedLong(blob.getInt(position));
    }

    private static DiskFormatException broken(Reason reason, String detail) {
        return new DiskFormatException(reason, detail);
    }
}
