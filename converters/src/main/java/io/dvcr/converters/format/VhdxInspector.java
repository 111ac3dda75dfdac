package io.dvcr.converters.format;

import static io.dvcr.converters.format.VhdxError.refuse;

import io.dvcr.converters.format.VhdxError.Fault;
import io.dvcr.converters.format.VhdxRegions.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges a vhdx: its {@link VhdxRegions}, its {@link VhdxMetadata}, and its block allocation table. */
final class VhdxInspector implements FormatInspector {
    private static final int PIECE_BYTES = 64 << 10;

    private final long maxVirtualSizeBytes;
    private final Window headers = new Window(VhdxRegions.OFFSET, VhdxRegions.BYTES);
    private @Nullable VhdxRegions regions;
    private @Nullable Window items;
    private @Nullable VhdxMetadata metadata;

    VhdxInspector(long maxVirtualSizeBytes) {
        this.maxVirtualSizeBytes = maxVirtualSizeBytes;
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.VHDX;
    }

    @Override
    public Optional<Window> wanted() {
        if (!headers.isFull()) {
            return Optional.of(headers);
        }
        if (regions == null || items == null) {
            VhdxRegions parsed = VhdxRegions.parse(headers.bytes());
            Region region = parsed.metadata();
            regions = parsed;
            items = new Window(region.offset(), (int) Math.min(VhdxMetadata.MAX_BYTES, region.length()));
        }
        if (!items.isFull()) {
            return Optional.of(items);
        }
        if (metadata == null) {
            metadata = VhdxMetadata.parse(items.bytes(), maxVirtualSizeBytes);
        }
        return Optional.empty();
    }

    @Override
    public long virtualSizeBytes() {
        return metadata().virtualSizeBytes();
    }

    @Override
    public void checkEnd(long fileBytes, ByteBuffer tail) {
        Optional<Window> missing = wanted();
        if (missing.isPresent()) {
            throw refuse(
                    Fault.TRUNCATED,
                    "the file ends after " + fileBytes + " bytes: expected the headers and metadata at byte "
                            + missing.get().offset());
        }
        Region table = regions().table();
        if (table.end() > fileBytes) {
            throw refuse(
                    Fault.TRUNCATED,
                    "the block allocation table is at byte " + table.offset() + ": expected it within the " + fileBytes
                            + " bytes of the file");
        }
        if (entries() > table.length() / Long.BYTES) {
            throw refuse(
                    Fault.TABLE_TOO_SMALL,
                    "the block allocation table has " + table.length() + " bytes: the virtual size needs "
                            + entries() * Long.BYTES);
        }
    }

    /** Read anew, since by what is being fed only one thread may go. */
    @Override
    public Optional<MappedDisk> mapped() {
        return Optional.of(file -> VhdxMap.open(file, maxVirtualSizeBytes));
    }

    @Override
    public void checkTables(ImageFile file) throws IOException {
        BitSet used = new BitSet(); // mebibytes of the file
        used.set(0);
        for (Region region : regions().all()) {
            claim(used, region, file.size());
        }
        long chunk = metadata().chunkRatio() + 1;
        long bytes = entries() * Long.BYTES;
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < bytes; at += PIECE_BYTES) {
            file.read(regions().table().offset() + at, piece.clear().limit((int) Math.min(PIECE_BYTES, bytes - at)));
            while (piece.hasRemaining()) {
                long number = (at + piece.position()) / Long.BYTES;
                long entry = piece.getLong();
                if (number % chunk != chunk - 1) { // there stands where a sector bitmap is, which only a difference has
                    checkBlock(entry, file.size(), used);
                }
            }
        }
    }

    /** The last block needs no bitmap behind it. */
    private long entries() {
        long blocks = metadata().blocks();
        return blocks + (blocks - 1) / metadata().chunkRatio();
    }

    private void checkBlock(long entry, long fileBytes, BitSet used) {
        long place = VhdxMap.placeOf(entry);
        if (place != BlockMap.ABSENT) {
            claim(used, new Region(place, metadata().blockBytes()), fileBytes);
        }
    }

    private static void claim(BitSet used, Region region, long fileBytes) {
        if (region.offset() < 0 || region.offset() > fileBytes - region.length()) {
            throw refuse(
                    Fault.TRUNCATED,
                    "a block or region is at byte " + Long.toUnsignedString(region.offset())
                            + ": expected it within the " + fileBytes + " bytes of the file");
        }
        int from = (int) (region.offset() / VhdxRegions.MEBIBYTE);
        int to = (int) (region.end() / VhdxRegions.MEBIBYTE);
        int taken = used.nextSetBit(from);
        if (taken >= 0 && taken < to) {
            throw refuse(
                    Fault.BLOCKS_SHARED,
                    "the image uses the bytes from " + taken * VhdxRegions.MEBIBYTE
                            + " on more than once: expected once");
        }
        used.set(from, to);
    }

    private VhdxRegions regions() {
        if (regions == null) {
            throw new IllegalStateException("the headers have not passed");
        }
        return regions;
    }

    private VhdxMetadata metadata() {
        if (metadata == null) {
            throw new IllegalStateException("the metadata has not passed");
        }
        return metadata;
    }
}
