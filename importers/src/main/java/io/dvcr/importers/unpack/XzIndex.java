package io.dvcr.importers.unpack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * What follows the blocks of a stream of xz: an index of their lengths, and a footer (The .xz File Format, sections 2.1.2
 * and 4). Not thread-safe.
 */
final class XzIndex {
    private static final int FOOTER_BYTES = 12;
    private static final int LONGEST_NUMBER = 9;

    private final byte[] flags;
    private final CRC32 blocks = new CRC32(); // instead of a list of them
    private long count;

    /** @param flags the two bytes of the stream's header that say how blocks are checked */
    XzIndex(byte[] flags) {
        this.flags = flags.clone();
    }

    /** Another block has gone by. */
    void add(long unpadded, long uncompressed) {
        update(blocks, unpadded, uncompressed);
        count++;
    }

    private static void update(CRC32 blocks, long unpadded, long uncompressed) {
        blocks.update(
                ByteBuffer.allocate(16).putLong(unpadded).putLong(uncompressed).flip());
    }

    /** Index and footer, as if that block was the only one. */
    byte[] ofOne(long unpadded, long uncompressed) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0);
        bytes.write(1);
        writeNumber(bytes, unpadded);
        writeNumber(bytes, uncompressed);
        bytes.writeBytes(new byte[-bytes.size() & 3]);
        bytes.writeBytes(checksum(bytes.toByteArray()));
        bytes.writeBytes(footer(bytes.size()));
        return bytes.toByteArray();
    }

    private byte[] footer(long indexBytes) {
        byte[] content = new byte[6];
        writeLittleEndian(content, 0, (int) (indexBytes / 4 - 1));
        System.arraycopy(flags, 0, content, 4, flags.length);
        ByteArrayOutputStream footer = new ByteArrayOutputStream();
        footer.writeBytes(checksum(content));
        footer.writeBytes(content);
        footer.write('Y');
        footer.write('Z');
        return footer.toByteArray();
    }

    private static byte[] checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        byte[] checksum = new byte[4];
        writeLittleEndian(checksum, 0, (int) crc.getValue());
        return checksum;
    }

    private static void writeLittleEndian(byte[] target, int offset, int value) {
        for (int i = 0; i < 4; i++) {
            target[offset + i] = (byte) (value >>> (8 * i));
        }
    }

    private static void writeNumber(ByteArrayOutputStream bytes, long number) {
        long left = number;
        while (left > 0x7f) {
            bytes.write((int) left | 0x80);
            left >>>= 7;
        }
        bytes.write((int) left);
    }

    /**
     * Reads index and footer of the stream.
     *
     * @throws UnpackException if they are not those of the blocks that have gone by, or are cut off
     */
    void read(InputStream in) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
        Numbers index = new Numbers(checked);
        require(index.next() == 0); // no block begins so
        require(index.number() == count);
        CRC32 listed = new CRC32();
        for (long i = 0; i < count; i++) {
            update(listed, index.number(), index.number());
        }
        require(listed.getValue() == blocks.getValue());
        while ((index.bytes & 3) != 0) {
            require(index.next() == 0);
        }
        int checksum = (int) checked.getChecksum().getValue();
        byte[] expected = new byte[4];
        writeLittleEndian(expected, 0, checksum);
        require(Arrays.equals(read(in, expected.length), expected));
        require(Arrays.equals(read(in, FOOTER_BYTES), footer(index.bytes + expected.length)));
    }

    static byte[] read(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw Compression.XZ.truncated();
        }
        return bytes;
    }

    private static void require(boolean sound) {
        if (!sound) {
            throw Compression.XZ.damaged();
        }
    }

    /** Numbers of an index, and how long they were. */
    private static final class Numbers {
        private final InputStream in;
        private long bytes;

        Numbers(InputStream in) {
            this.in = in;
        }

        int next() throws IOException {
            int one = in.read();
            if (one < 0) {
                throw Compression.XZ.truncated();
            }
            bytes++;
            return one;
        }

        long number() throws IOException {
            long value = 0;
            for (int i = 0; i < LONGEST_NUMBER; i++) {
                int one = next();
                value |= (long) (one & 0x7f) << (7 * i);
                if (one < 0x80) {
                    return value;
                }
            }
            throw Compression.XZ.damaged();
        }
    }
}
