package io.dvcr.converters.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of a disk from its beginning to its end. Not thread-safe. */
final class BegunStream extends InputStream {
    private final DiskIndex index;
    private final ChunkedDisk disk;
    private long position;

    BegunStream(DiskIndex index, ChunkedDisk disk) {
        this.index = index;
        this.disk = disk;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = (int) Math.min(length, disk.size() - position);
        if (count <= 0) {
            return length == 0 ? 0 : -1;
        }
        try {
            disk.read(position, ByteBuffer.wrap(target, offset, count));
        } catch (CorruptChunkException e) {
            throw new UnusablePackException(e.pack(), e);
        } catch (IOException e) {
            int extent =
                    Math.min(index.extentAtOrAfter(position), index.extentCount() - 1); // there is data, or no error
            throw new UnusablePackException(index.packDigest(index.chunkPack(index.extentChunk(extent))), e);
        }
        position += count;
        return count;
    }
}
