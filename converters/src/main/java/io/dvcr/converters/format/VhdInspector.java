package io.dvcr.converters.format;

import static io.dvcr.converters.format.VhdError.refuse;

import io.dvcr.converters.format.FileError.VirtualSizeTooLarge;
import io.dvcr.converters.format.VhdError.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Judges a dynamic vhd: section "Dynamic Disk Header Format", with the limits of QEMU's block/vpc.c. A fixed one has
 * nothing but its {@link VhdFooter}.
 *
 * @param footer the footer's bytes at the beginning of the file
 * @param tableOffset where the block allocation table is; its entries are numbers of sectors
 */
record VhdInspector(ByteBuffer footer, long virtualSizeBytes, long tableOffset, int entries, long blockBytes)
        implements FormatInspector {

    private static final int HEADER_BYTES = 1024;
    private static final int CHECKSUM = 36;
    private static final int PARENT_ID = 40;
    private static final int PARENT_ID_BYTES = 16;
    private static final int PARENT_NAME = 64; // behind it its locators, and reserved bytes
    private static final int SECTOR = 512;
    private static final long MIN_BLOCK = 4 << 10;
    private static final long MAX_BLOCK = 256 << 20;
    private static final long MAX_ENTRIES = 4 << 20; // blocks of 512 KiB in the largest disk
    private static final long UNUSED = 0xffffffffL;

    /** @throws ImageException if the head of the file is not one of an image that can be imported */
    static VhdInspector of(ByteBuffer head, long maxVirtualSizeBytes) {
        requireHead(head, VhdFooter.BYTES);
        ByteBuffer footer = head.slice(head.position(), VhdFooter.BYTES);
        VhdFooter parsed = VhdFooter.parse(footer);
        if (parsed.type() != VhdFooter.Type.DYNAMIC) {
            throw refuse(Fault.TYPE_UNSUPPORTED, "a fixed disk that begins with a footer: expected a dynamic disk");
        }
        if (parsed.sizeBytes() > maxVirtualSizeBytes) {
            throw new ImageException(new VirtualSizeTooLarge(parsed.sizeBytes(), maxVirtualSizeBytes));
        }
        Fields header = header(head, parsed.headerOffset());
        VhdInspector image = new VhdInspector(
                footer,
                parsed.sizeBytes(),
                header.signed64(16),
                entries(header.unsigned32(28)),
                blockBytes(header.unsigned32(32)));
        image.checkTable();
        return image;
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.VHD;
    }

    @Override
    public void checkEnd(long fileBytes, ByteBuffer tail) {
        if (tableOffset > fileBytes - (long) entries * Integer.BYTES) {
            throw refuse(
                    Fault.TRUNCATED,
                    "the block allocation table is at byte " + tableOffset + ": expected it within the " + fileBytes
                            + " bytes of the file");
        }
        if (!tail.slice(tail.limit() - VhdFooter.BYTES, VhdFooter.BYTES).equals(footer)) {
            throw refuse(
                    Fault.FOOTER_DIFFERS,
                    "the file does not end with the footer it begins with: expected a complete file");
        }
    }

    /** The bitmaps are left alone, as QEMU does: what is not written of a block is zeros. */
    @Override
    public Optional<MappedDisk> mapped() {
        return Optional.of(file -> new BlockDisk(file, virtualSizeBytes, map(file), BlockReader.AS_IS));
    }

    private BlockMap map(FileContent file) {
        FileNumbers numbers = new FileNumbers(file, ByteOrder.BIG_ENDIAN);
        return new FlatMap(
                numbers,
                tableOffset,
                (int) blockBytes,
                sector -> sector == UNUSED ? BlockMap.ABSENT : sector * SECTOR + bitmapBytes());
    }

    @Override
    public void checkTables(ImageFile file) throws IOException {
        SortedNumbers sectors = SortedNumbers.of(file, tableOffset, entries, ByteOrder.BIG_ENDIAN);
        long free = 0;
        for (int i = 0; i < sectors.count() && sectors.get(i) != UNUSED; i++) {
            checkBlock(sectors.get(i), free, file.size());
            free = sectors.get(i) + (bitmapBytes() + blockBytes) / SECTOR;
        }
    }

    private void checkBlock(long sector, long free, long fileBytes) {
        if (sector * SECTOR > fileBytes - bitmapBytes() - blockBytes) {
            throw refuse(
                    Fault.TRUNCATED,
                    "a block is at sector " + sector + ": expected it within the " + fileBytes + " bytes of the file");
        }
        if (sector < free) {
            throw refuse(
                    Fault.BLOCKS_SHARED,
                    "the image uses the block at sector " + sector + " more than once: expected once");
        }
    }

    /** Each block has one bit for each sector before it, in whole sectors. */
    private long bitmapBytes() {
        long bytes = blockBytes / SECTOR / 8;
        return (bytes + SECTOR - 1) / SECTOR * SECTOR;
    }

    private static Fields header(ByteBuffer head, long offset) {
        if (offset < VhdFooter.BYTES || offset > ImageInspector.HEAD_BYTES - HEADER_BYTES) {
            throw refuse(
                    Fault.HEADER_INVALID,
                    "the dynamic disk header is at byte " + Long.toUnsignedString(offset) + ": expected 512 to "
                            + (ImageInspector.HEAD_BYTES - HEADER_BYTES));
        }
        requireHead(head, (int) offset + HEADER_BYTES);
        Fields header = Fields.bigEndian(head.slice(head.position() + (int) offset, HEADER_BYTES));
        if (!header.holds(0, "cxsparse")) {
            throw refuse(Fault.HEADER_INVALID, "no dynamic disk header at byte " + offset + ": expected \"cxsparse\"");
        }
        VhdFooter.checkSum(header, CHECKSUM);
        if (header.unsigned32(24) != VhdFooter.VERSION_1_0) {
            throw refuse(
                    Fault.VERSION_UNSUPPORTED,
                    "dynamic disk header version 0x" + Long.toHexString(header.unsigned32(24)) + ": expected 0x10000");
        }
        if (!header.isZero(PARENT_ID, PARENT_ID_BYTES) || !header.isZero(PARENT_NAME, HEADER_BYTES - PARENT_NAME)) {
            throw refuse(Fault.PARENT, "the disk names a parent: expected a self-contained image; merge it");
        }
        return header;
    }

    private static void requireHead(ByteBuffer head, int bytes) {
        if (head.remaining() < bytes) {
            throw refuse(Fault.TRUNCATED, "the file ends within its header, after " + head.remaining() + " bytes");
        }
    }

    private static int entries(long entries) {
        if (entries < 1 || entries > MAX_ENTRIES) {
            throw refuse(
                    Fault.TABLE_SIZE_INVALID,
                    "a block allocation table of " + entries + " entries: expected 1 to " + MAX_ENTRIES);
        }
        return (int) entries;
    }

    private static long blockBytes(long bytes) {
        if (bytes < MIN_BLOCK || bytes > MAX_BLOCK || Long.bitCount(bytes) != 1) {
            throw refuse(
                    Fault.BLOCK_SIZE_INVALID,
                    "blocks of " + bytes + " bytes: expected a power of 2 from " + MIN_BLOCK + " to " + MAX_BLOCK);
        }
        return bytes;
    }

    private void checkTable() {
        if (virtualSizeBytes > entries * blockBytes) {
            throw refuse(
                    Fault.TABLE_SIZE_INVALID,
                    "a block allocation table of " + entries + " entries: the virtual size needs "
                            + ((virtualSizeBytes - 1) / blockBytes + 1));
        }
        boolean possible = tableOffset >= VhdFooter.BYTES + HEADER_BYTES && tableOffset <= Long.MAX_VALUE / 2;
        if (!possible || tableOffset % SECTOR != 0) {
            throw refuse(
                    Fault.TABLE_MISPLACED,
                    "the block allocation table is at byte " + Long.toUnsignedString(tableOffset)
                            + ": expected it behind the headers, on a whole sector");
        }
    }
}
