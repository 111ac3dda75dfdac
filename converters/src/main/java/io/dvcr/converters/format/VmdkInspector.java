package io.dvcr.converters.format;

import static io.dvcr.converters.format.VmdkError.refuse;

import io.dvcr.converters.format.VmdkError.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Judges a vmdk image that is one hosted sparse extent: monolithicSparse or streamOptimized. Where the header leaves the
 * place of the grain directory to the footer, the footer counts, and has to agree with the header.
 */
final class VmdkInspector implements FormatInspector {
    private static final int FOOTER = 3;

    /** Beyond what any file has, and far from where adding to it overflows. */
    private static final long MAX_SECTOR = Long.MAX_VALUE / 4 / VmdkHeader.SECTOR;

    private final VmdkHeader header;
    private final long maxVirtualSizeBytes;
    private VmdkHeader effective;

    private VmdkInspector(VmdkHeader header, long maxVirtualSizeBytes) {
        this.header = header;
        this.effective = header;
        this.maxVirtualSizeBytes = maxVirtualSizeBytes;
    }

    /** @throws ImageException if the head of the file is not one of an image that can be imported */
    static VmdkInspector of(ByteBuffer head, long maxVirtualSizeBytes) {
        VmdkHeader header = VmdkHeader.parse(
                head.slice(head.position(), Math.min(head.remaining(), VmdkHeader.BYTES)), maxVirtualSizeBytes);
        VmdkDescriptor.check(head, header);
        checkDirectory(header);
        return new VmdkInspector(header, maxVirtualSizeBytes);
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.VMDK;
    }

    @Override
    public long virtualSizeBytes() {
        return header.capacity() * VmdkHeader.SECTOR;
    }

    /** A directory at the end is that of a stream; one at the beginning was filled in later, in any order. */
    @Override
    public Optional<PassingDisk> passing() {
        return header.compressed() && header.directory() == VmdkHeader.AT_END
                ? Optional.of((file, sink) -> VmdkStream.read(header, file, sink))
                : Optional.empty();
    }

    /** What passes as a stream can be read by its tables, too, once its footer was seen. */
    @Override
    public Optional<MappedDisk> mapped() {
        VmdkHeader known = effective;
        BlockReader reader = known.compressed() ? new VmdkGrains(known) : BlockReader.AS_IS;
        return known.directory() == VmdkHeader.AT_END
                ? Optional.empty()
                : Optional.of(file -> new BlockDisk(file, virtualSizeBytes(), VmdkMap.in(file, known), reader));
    }

    @Override
    public void checkEnd(long fileBytes, ByteBuffer tail) {
        if (header.directory() == VmdkHeader.AT_END) {
            effective = footer(fileBytes, tail);
            header.checkFooter(effective);
        }
        effective.checkWithin(fileBytes);
    }

    @Override
    public void checkTables(ImageFile file) throws IOException {
        VmdkTables.check(file, effective);
    }

    private static void checkDirectory(VmdkHeader header) {
        if (header.directory() == VmdkHeader.AT_END) {
            if (!header.compressed()) {
                throw refuse(
                        Fault.FOOTER_INVALID,
                        "a sparse disk that leaves its grain directory to a footer: expected that of streams only");
            }
        } else if (header.directory() < 0 || header.directory() > MAX_SECTOR) {
            throw refuse(
                    Fault.TRUNCATED,
                    "the grain directory is at sector " + Long.toUnsignedString(header.directory())
                            + ": expected it within the file");
        }
    }

    /** The last sectors are the marker of the footer, the footer, and the marker that ends the stream. */
    private VmdkHeader footer(long fileBytes, ByteBuffer tail) {
        Fields end = Fields.littleEndian(tail);
        if (fileBytes % VmdkHeader.SECTOR != 0 || end.length() < 3 * VmdkHeader.SECTOR) {
            throw refuse(Fault.TRUNCATED, "a file of " + fileBytes + " bytes has no footer: expected whole sectors");
        }
        int footer = end.length() - 2 * VmdkHeader.SECTOR;
        boolean announced = end.unsigned32(footer - VmdkHeader.SECTOR + 8) == 0
                && end.unsigned32(footer - VmdkHeader.SECTOR + 12) == FOOTER;
        boolean ended = end.isZero(footer + VmdkHeader.SECTOR, VmdkHeader.SECTOR);
        if (!announced || !ended || !end.holds(footer, "KDMV")) {
            throw refuse(
                    Fault.FOOTER_INVALID,
                    "the file does not end with a footer and its markers: expected a complete file");
        }
        return VmdkHeader.parse(end.slice(footer, VmdkHeader.BYTES), maxVirtualSizeBytes);
    }
}
