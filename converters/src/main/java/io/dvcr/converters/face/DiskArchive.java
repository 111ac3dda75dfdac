package io.dvcr.converters.face;

import java.nio.ByteBuffer;

/** What a tar archive that holds one raw disk has before and behind it. */
record DiskArchive(long diskSize) {
    private static final String DIRECTORY = "disk/";
    private static final String FILE = "disk/disk.img";

    byte[] head() {
        return ByteBuffer.allocate(2 * TarHeader.BLOCK)
                .put(TarHeader.directory(DIRECTORY))
                .put(TarHeader.file(FILE, diskSize))
                .array();
    }

    /** Up to the end of a block, and two blocks, which end the archive. */
    byte[] end() {
        int odd = (int) (diskSize % TarHeader.BLOCK);
        return new byte[(odd == 0 ? 0 : TarHeader.BLOCK - odd) + 2 * TarHeader.BLOCK];
    }
}
