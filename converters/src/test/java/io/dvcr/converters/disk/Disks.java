package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Disks for tests, written and read back. */
public final class Disks {
    public static final DiskWriterOptions OPTIONS = new DiskWriterOptions(1, 2, 1 << 20);

    private Disks() {}

    static WrittenDisk write(byte[] disk, BlobSink sink) throws IOException {
        try (DiskWriter writer = new DiskWriter(sink, OPTIONS)) {
            writer.data(ByteBuffer.wrap(disk));
            return writer.finish();
        }
    }

    public static DiskIndex index(WrittenDisk written, MemoryBlobs blobs) throws IOException {
        return DiskIndex.parse(ByteBuffer.wrap(blobs.bytes(written.index().digest())));
    }

    public static ChunkedDisk open(WrittenDisk written, MemoryBlobs blobs) throws IOException {
        return new ChunkedDisk(index(written, blobs), blobs, new ChunkCache(1 << 20), 2);
    }

    static byte[] content(ChunkedDisk disk) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        disk.copyTo(out, 0, disk.size());
        return out.toByteArray();
    }

    public static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Runs of random bytes, of repeated bytes, of one earlier run again, and of zeros; lengths and places at random. */
    public static byte[] random(Random random, int length) {
        byte[] disk = new byte[length];
        for (int at = 0; at < length; ) {
            int run = Math.min(length - at, 1 + random.nextInt(1 << random.nextInt(20)));
            switch (random.nextInt(5)) {
                case 0, 1 -> {}
                case 2 -> Arrays.fill(disk, at, at + run, (byte) random.nextInt());
                case 3 -> System.arraycopy(disk, random.nextInt(at + 1), disk, at, run);
                default -> {
                    byte[] bytes = new byte[run];
                    random.nextBytes(bytes);
                    System.arraycopy(bytes, 0, disk, at, run);
                }
            }
            at += random.nextBoolean() ? run : Math.min(length - at, (run + 4095) / 4096 * 4096);
        }
        return disk;
    }

    static Digest sha256(byte[] bytes, int from, int length) {
        return Digest.sha256(Arrays.copyOfRange(bytes, from, from + length));
    }
}
