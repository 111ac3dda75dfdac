package io.dvcr.converters.format;

import static io.dvcr.converters.format.VdiError.refuse;

import io.dvcr.converters.format.FileError.VirtualSizeTooLarge;
import io.dvcr.converters.format.VdiError.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.Optional;

/**
 * Judges a vdi image of version 1.1, by VirtualBox's Storage/VDICore.h, with the limits of QEMU's block/vdi.c.
 *
 * @param mapOffset where the block map is; its entries are numbers of blocks
 * @param dataOffset where block 0 begins
 * @param blocks how many entries the map has
 */
record VdiInspector(long virtualSizeBytes, long mapOffset, long dataOffset, long blocks) implements FormatInspector {
    private static final int HEADER_BYTES = 512;
    private static final int SECTOR = 512;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final long VERSION_1_1 = 0x00010001;
    private static final long DYNAMIC = 1;
    private static final long FIXED = 2;
    private static final long UNDO = 3;
    private static final long DIFFERENCING = 4;
    private static final int LINK = 424; // the identities of the disk this one differs from
    private static final int IDENTITIES_BYTES = 32;
    private static final long MAX_BLOCKS = 0x3fffffff;
    private static final long DISCARDED = 0xfffffffeL; // this and above it mean: no block
    private static final int PIECE_BYTES = 64 << 10;

    /** @throws ImageException if the head of the file is not one of an image that can be imported */
    static VdiInspector of(ByteBuffer head, long maxVirtualSizeBytes) {
        Fields fields = Fields.littleEndian(head);
        if (fields.length() < HEADER_BYTES) {
            throw refuse(Fault.TRUNCATED, "the file ends within its header, after " + fields.length() + " bytes");
        }
        if (fields.unsigned32(68) != VERSION_1_1) {
            throw refuse(
                    Fault.VERSION_UNSUPPORTED,
                    "vdi version " + fields.unsigned16(70) + "." + fields.unsigned16(68) + ": expected 1.1");
        }
        checkType(fields.unsigned32(76));
        if (!fields.isZero(LINK, IDENTITIES_BYTES)) {
            throw refuse(Fault.PARENT, "the disk names a parent: expected a self-contained image; clone it");
        }
        checkBlockSize(fields);
        VdiInspector image = new VdiInspector(
                virtualSize(fields.signed64(368), maxVirtualSizeBytes),
                fields.unsigned32(340),
                fields.unsigned32(344),
                fields.unsigned32(384));
        image.checkMap();
        return image;
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.VDI;
    }

    @Override
    public void checkEnd(long fileBytes, ByteBuffer tail) {
        if (dataOffset > fileBytes) {
            throw refuse(
                    Fault.TRUNCATED,
                    "the data begins at byte " + dataOffset + ": expected it within the " + fileBytes
                            + " bytes of the file");
        }
    }

    @Override
    public Optional<MappedDisk> mapped() {
        return Optional.of(file -> new BlockDisk(file, virtualSizeBytes, map(file), BlockReader.AS_IS));
    }

    private BlockMap map(FileContent file) {
        FileNumbers numbers = new FileNumbers(file, ByteOrder.LITTLE_ENDIAN);
        return new FlatMap(
                numbers,
                mapOffset,
                BLOCK_BYTES,
                block -> block >= DISCARDED ? BlockMap.ABSENT : dataOffset + block * BLOCK_BYTES);
    }

    @Override
    public void checkTables(ImageFile file) throws IOException {
        BitSet used = new BitSet();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long mapBytes = blocks * Integer.BYTES;
        for (long at = 0; at < mapBytes; at += PIECE_BYTES) {
            file.read(mapOffset + at, piece.clear().limit((int) Math.min(PIECE_BYTES, mapBytes - at)));
            while (piece.hasRemaining()) {
                checkBlock(Integer.toUnsignedLong(piece.getInt()), file.size(), used);
            }
        }
    }

    private void checkBlock(long block, long fileBytes, BitSet used) {
        if (block >= DISCARDED) {
            return;
        }
        if (block >= (fileBytes - dataOffset) / BLOCK_BYTES) {
            throw refuse(
                    Fault.TRUNCATED,
                    "the disk has a block " + block + ": expected it within the " + fileBytes + " bytes of the file");
        }
        if (used.get((int) block)) {
            throw refuse(Fault.BLOCKS_SHARED, "the image uses block " + block + " more than once: expected once");
        }
        used.set((int) block);
    }

    private static void checkType(long type) {
        if (type == UNDO || type == DIFFERENCING) {
            throw refuse(
                    Fault.PARENT, "a differencing disk (type " + type + "): expected a self-contained image; clone it");
        }
        if (type != DYNAMIC && type != FIXED) {
            throw refuse(Fault.TYPE_UNSUPPORTED, "vdi type " + type + ": expected 1 (dynamic) or 2 (fixed)");
        }
    }

    private static void checkBlockSize(Fields fields) {
        if (fields.unsigned32(360) != SECTOR || fields.unsigned32(376) != BLOCK_BYTES || fields.unsigned32(380) != 0) {
            throw refuse(
                    Fault.BLOCK_SIZE_UNSUPPORTED,
                    "blocks of " + fields.unsigned32(376) + " bytes with " + fields.unsigned32(380)
                            + " extra bytes in sectors of " + fields.unsigned32(360) + ": expected " + BLOCK_BYTES
                            + ", 0 and " + SECTOR);
        }
    }

    /** VirtualBox makes disks of odd sizes, which QEMU rounds up. */
    private static long virtualSize(long bytes, long limit) {
        if (bytes == 0) {
            throw refuse(Fault.SIZE_INVALID, "the disk has 0 bytes: expected at least 1");
        }
        if (Long.compareUnsigned(bytes, limit) > 0) {
            throw new ImageException(new VirtualSizeTooLarge(bytes, limit));
        }
        return (bytes + SECTOR - 1) / SECTOR * SECTOR;
    }

    private void checkMap() {
        if (blocks > MAX_BLOCKS || virtualSizeBytes > blocks * BLOCK_BYTES) {
            throw refuse(
                    Fault.BLOCK_MAP_TOO_SMALL,
                    "the block map has " + blocks + " entries: the virtual size needs "
                            + ((virtualSizeBytes - 1) / BLOCK_BYTES + 1) + ", and " + MAX_BLOCKS + " are possible");
        }
        boolean aligned = mapOffset % SECTOR == 0 && dataOffset % SECTOR == 0;
        if (!aligned || mapOffset < HEADER_BYTES || mapOffset + blocks * Integer.BYTES > dataOffset) {
            throw refuse(
                    Fault.MISPLACED,
                    "the block map is at byte " + mapOffset + ", the data at byte " + dataOffset
                            + ": expected the map behind the header, and behind it the data, on whole sectors");
        }
    }
}
