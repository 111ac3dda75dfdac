package io.dvcr.importers.unpack;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Files as their publishers compress them. */
public final class Packed {
    private Packed() {}

    /** @param how a name of a {@link Compression}, or any other for none */
    public static byte[] with(String how, byte[] content) throws IOException {
        return switch (how) {
            case "gzip" -> written(GZIPOutputStream::new, content);
            case "xz" -> written(out -> new XZOutputStream(out, new LZMA2Options(1)), content);
            case "zstd" -> Zstd.compress(content);
            case "bzip2" -> written(BZip2CompressorOutputStream::new, content);
            default -> content;
        };
    }

    /**
     * With xz, as if it had been told to look far back. The dictionary is only declared: its size in the block header,
     * with that header's checksum made right.
     *
     * @param log the logarithm of its size; 26 is that of {@code xz -9}
     */
    public static byte[] xzWithDictionary(int log, byte[] content) throws IOException {
        byte[] source = with("xz", content);
        int block = 12;
        int headerSize = (source[block] + 1) * 4;
        source[block + 4] = (byte) (2 * (log - 12)); // as LZMA2 writes it
        CRC32 crc = new CRC32();
        crc.update(source, block, headerSize - 4);
        for (int i = 0; i < 4; i++) {
            source[block + headerSize - 4 + i] = (byte) (crc.getValue() >>> (8 * i));
        }
        return source;
    }

    private interface Compressor {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] written(Compressor compressor, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compressor.over(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    /** The pieces behind each other. */
    public static byte[] concatenated(byte[]... pieces) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            bytes.writeBytes(piece);
        }
        return bytes.toByteArray();
    }
}
