package io.dvcr.converters.disk;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * How far a disk has been written: what another writer needs to go on with it, once this one is gone. The tables are
 * those of an index, section "Index", and so is the order of the packs.
 *
 * @param size bytes of the disk, from its beginning on, that the chunks and the zeros between them make up
 * @param chunks rows of the table of chunks; from a {@link DiskWriter} only those that it has not told before
 * @param extents the same of the table of extents
 * @param frames all of each pack that is under way
 */
public record DiskSoFar(long size, List<Pack> packs, ByteBuffer chunks, ByteBuffer extents, List<Frames> frames) {
    public DiskSoFar {
        packs = List.copyOf(packs);
        frames = List.copyOf(frames);
    }

    /** @param blob if the pack is under way, only a placeholder */
    public record Pack(Origin origin, BlobDescriptor blob) {}

    /** @param pack its number */
    public record Frames(int pack, ByteBuffer bytes) {}

    /** Where a pack comes from. */
    public enum Origin {
        /** It was there before the disk. */
        KNOWN,
        /** The disk has brought it, and it is stored. */
        BROUGHT,
        /** It is being filled, or on its way to the store. */
        UNDER_WAY
    }
}
