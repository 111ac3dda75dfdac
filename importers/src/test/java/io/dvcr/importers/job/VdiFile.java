package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Dynamic vdi files, whose blocks lie in the opposite order of the disk. */
public final class VdiFile {
    private static final int BLOCK = 1 << 20;
    private static final int MAP = 512;
    private static final int DATA = 1024;

    private VdiFile() {}

    /** A file that holds {@code disk}, of up to 128 whole mebibytes; blocks of zeros are not there. */
    public static byte[] of(byte[] disk) {
        int blocks = disk.length / BLOCK;
        ByteBuffer file = ByteBuffer.allocate(DATA + disk.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put("<<< Oracle VM VirtualBox Disk Image >>>\n".getBytes(ISO_8859_1))
                .putInt(64, 0xbeda107f)
                .putInt(68, 0x00010001)
                .putInt(76, 1)
                .putInt(340, MAP)
                .putInt(344, DATA)
                .putInt(360, 512)
                .putLong(368, disk.length)
                .putInt(376, BLOCK)
                .putInt(384, blocks);
        int present = 0;
        for (int block = blocks - 1; block >= 0; block--) {
            ByteBuffer data = ByteBuffer.wrap(disk, block * BLOCK, BLOCK);
            boolean zeros = data.equals(ByteBuffer.allocate(BLOCK));
            file.putInt(MAP + block * Integer.BYTES, zeros ? -1 : present);
            if (!zeros) {
                file.put(DATA + present * BLOCK, disk, block * BLOCK, BLOCK);
                present++;
            }
        }
        byte[] bytes = new byte[DATA + present * BLOCK];
        file.get(0, bytes);
        return bytes;
    }
}
