package io.dvcr.importers.job;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Makes what OVA files hold: a vmdk that is written in one go, its tables behind its grains. Of up to 32 MiB. */
final class StreamOptimized {
    private static final int SECTOR = 512;
    private static final int GRAIN = 128;
    private static final int OVERHEAD = 128;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final byte[] table = new byte[4 * SECTOR];
    private final byte[] disk;

    private StreamOptimized(byte[] disk) {
        this.disk = disk;
    }

    static byte[] of(byte[] disk) {
        return new StreamOptimized(disk).file();
    }

    private byte[] file() {
        file.writeBytes(header(-1));
        String descriptor = """
                # Disk DescriptorFile
                version=1
                CID=0badc0de
                parentCID=ffffffff
                createType="streamOptimized"
                RDONLY %d SPARSE "disk.vmdk"
                """.formatted(disk.length / SECTOR);
        file.writeBytes(Arrays.copyOf(descriptor.getBytes(StandardCharsets.ISO_8859_1), (OVERHEAD - 1) * SECTOR));
        for (int at = 0; at < disk.length; at += GRAIN * SECTOR) {
            grain(at, Arrays.copyOfRange(disk, at, at + GRAIN * SECTOR));
        }
        marker(4, 1);
        int tableSector = file.size() / SECTOR;
        file.writeBytes(table);
        marker(1, 2);
        int directory = file.size() / SECTOR;
        file.writeBytes(littleEndian(SECTOR).putInt(tableSector).array());
        marker(1, 3);
        file.writeBytes(header(directory));
        marker(0, 0);
        return file.toByteArray();
    }

    private void grain(int at, byte[] grain) {
        int zeros = Arrays.mismatch(grain, new byte[grain.length]);
        if (zeros < 0) {
            return;
        }
        ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN).putInt(at / (GRAIN * SECTOR) * 4, file.size() / SECTOR);
        byte[] compressed = new byte[2 * grain.length];
        try (Deflater deflater = new Deflater()) {
            deflater.setInput(grain);
            deflater.finish();
            int length = deflater.deflate(compressed);
            int sectors = (12 + length + SECTOR - 1) / SECTOR;
            file.writeBytes(littleEndian(sectors * SECTOR)
                    .putLong(at / SECTOR)
                    .putInt(length)
                    .put(compressed, 0, length)
                    .array());
        }
    }

    private void marker(long value, int type) {
        file.writeBytes(
                littleEndian(SECTOR).putLong(value).putInt(0).putInt(type).array());
    }

    private byte[] header(long directory) {
        return littleEndian(SECTOR)
                .put("KDMV".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(3)
                .putInt(0x30001)
                .putLong(disk.length / SECTOR)
                .putLong(GRAIN)
                .putLong(1)
                .putLong(20)
                .putInt(512)
                .putLong(0)
                .putLong(directory)
                .putLong(OVERHEAD)
                .put((byte) 0)
                .put("\n \r\n".getBytes(StandardCharsets.ISO_8859_1))
                .putShort((short) 1)
                .array();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
