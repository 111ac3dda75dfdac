package io.dvcr.importers.pushed;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** How a layer may be compressed, told by its first bytes. */
enum Compression {
    GZIP(0x1f, 0x8b, 0x08) {
        @Override
        InputStream decompress(InputStream compressed) throws IOException {
            return new GZIPInputStream(compressed, BUFFER_BYTES);
        }
    },
    XZ(0xfd, '7', 'z', 'X', 'Z', 0) {
        @Override
        InputStream decompress(InputStream compressed) throws IOException {
            return new XZInputStream(new BufferedInputStream(compressed, BUFFER_BYTES), MAX_XZ_MEMORY_KIB);
        }
    },
    ZSTD(0x28, 0xb5, 0x2f, 0xfd) {
        @Override
        InputStream decompress(InputStream compressed) throws IOException {
            return new ZstdInputStream(compressed).setLongMax(MAX_ZSTD_WINDOW_LOG);
        }
    };

    /** How many bytes tell. */
    static final int MAGIC_BYTES = 6;

    private static final int BUFFER_BYTES = 64 << 10;

    /** {@code xz -9} takes 65 MiB to decompress; what takes more is refused. */
    private static final int MAX_XZ_MEMORY_KIB = 128 << 10;

    /** 128 MiB: what {@code zstd --long} uses and every decompressor takes. */
    private static final int MAX_ZSTD_WINDOW_LOG = 27;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final int[] magic;

    Compression(int... magic) {
        this.magic = magic;
    }

    /** The bytes that were compressed; several streams behind each other are one. */
    abstract InputStream decompress(InputStream compressed) throws IOException;

    /** How a file that begins with {@code head} is compressed, if it is. */
    static Optional<Compression> of(byte[] head) {
        return Arrays.stream(values()).filter(one -> one.begins(head)).findFirst();
    }

    private boolean begins(byte[] head) {
        if (head.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
