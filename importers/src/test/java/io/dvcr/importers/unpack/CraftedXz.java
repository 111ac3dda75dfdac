package io.dvcr.importers.unpack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** A stream of xz whose blocks say how long they are, as {@code xz -T} makes it and XZ for Java does not. */
final class CraftedXz {
    private static final int STREAM_HEADER_BYTES = 12;
    private static final int CHECK_BYTES = 8;
    private static final int DICTIONARY = 12; // 256 KiB, as preset 0 has it

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream records = new ByteArrayOutputStream();

    private CraftedXz() {}

    /** With a block of each of {@code blocks}. */
    static byte[] of(byte[]... blocks) throws IOException {
        CraftedXz out = new CraftedXz();
        out.bytes.writeBytes(Arrays.copyOf(alone(new byte[0]), STREAM_HEADER_BYTES));
        for (byte[] content : blocks) {
            out.block(content);
        }
        out.end(blocks.length);
        return out.bytes.toByteArray();
    }

    private static byte[] alone(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (XZOutputStream out = new XZOutputStream(bytes, new LZMA2Options(0), XZ.CHECK_CRC64)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private void block(byte[] content) throws IOException {
        byte[] alone = alone(content);
        int header = (alone[STREAM_HEADER_BYTES] + 1) * 4;
        int begin = STREAM_HEADER_BYTES + header;
        int index = 4 * (ByteBuffer.wrap(alone).order(ByteOrder.LITTLE_ENDIAN).getInt(alone.length - 8) + 1);
        int padded = alone.length - STREAM_HEADER_BYTES - index - begin - CHECK_BYTES;
        int compressed = compressed(alone, alone.length - STREAM_HEADER_BYTES - index) - header - CHECK_BYTES;
        byte[] sized = header(compressed, content.length);
        bytes.writeBytes(sized);
        bytes.write(alone, begin, padded + CHECK_BYTES);
        number(records, sized.length + compressed + CHECK_BYTES);
        number(records, content.length);
    }

    /** The unpadded size that the index at {@code place} has of its one block. */
    private static int compressed(byte[] alone, int place) {
        int value = 0;
        for (int i = place + 2, shift = 0; ; i++, shift += 7) {
            value |= (alone[i] & 0x7f) << shift;
            if (alone[i] >= 0) {
                return value;
            }
        }
    }

    private static byte[] header(int compressed, int uncompressed) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(5); // for 24 bytes with the checksum
        header.write(0xc0);
        number(header, compressed);
        number(header, uncompressed);
        header.write(0x21);
        header.write(1);
        header.write(DICTIONARY);
        header.writeBytes(new byte[20 - header.size()]);
        return withChecksum(header);
    }

    private void end(int count) {
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        index.write(0);
        number(index, count);
        index.writeBytes(records.toByteArray());
        index.writeBytes(new byte[-index.size() & 3]);
        byte[] whole = withChecksum(index);
        bytes.writeBytes(whole);
        ByteArrayOutputStream footer = new ByteArrayOutputStream();
        footer.writeBytes(littleEndian(whole.length / 4 - 1));
        footer.write(0);
        footer.write(XZ.CHECK_CRC64);
        byte[] checked = withChecksum(footer);
        bytes.write(checked, checked.length - 4, 4);
        bytes.write(checked, 0, checked.length - 4);
        bytes.write('Y');
        bytes.write('Z');
    }

    private static byte[] withChecksum(ByteArrayOutputStream content) {
        CRC32 crc = new CRC32();
        crc.update(content.toByteArray());
        content.writeBytes(littleEndian((int) crc.getValue()));
        return content.toByteArray();
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static void number(ByteArrayOutputStream out, int number) {
        int left = number;
        for (; left > 0x7f; left >>>= 7) {
            out.write(left | 0x80);
        }
        out.write(left);
    }
}
