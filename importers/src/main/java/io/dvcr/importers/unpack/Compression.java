package io.dvcr.importers.unpack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.tukaani.xz.MemoryLimitException;

/** How a file may be compressed, told by its first bytes. */
enum Compression {
    GZIP {
        @Override
        boolean begins(byte[] head) {
            return holds(head, 0, 0x1f, 0x8b, 0x08);
        }

        @Override
        InputStream decompress(InputStream compressed, DictionaryRoom room) {
            return new GzipStream(compressed);
        }
    },
    XZ {
        @Override
        boolean begins(byte[] head) {
            return holds(head, 0, 0xfd, '7', 'z', 'X', 'Z', 0);
        }

        @Override
        InputStream decompress(InputStream compressed, DictionaryRoom room) throws IOException {
            return new XzStream(new BufferedInputStream(compressed, BUFFER_BYTES), room, DECODERS);
        }
    },
    ZSTD {
        @Override
        boolean begins(byte[] head) {
            // or with a frame to be skipped, as pzstd does
            return holds(head, 0, 0x28, 0xb5, 0x2f, 0xfd)
                    || (holds(head, 1, 0x2a, 0x4d, 0x18) && (head[0] & 0xf0) == 0x50);
        }

        @Override
        InputStream decompress(InputStream compressed, DictionaryRoom room) throws IOException {
            return new ZstdInputStream(compressed).setLongMax(MAX_ZSTD_WINDOW_LOG);
        }
    },
    BZIP2 {
        @Override
        boolean begins(byte[] head) {
            return holds(head, 0, 'B', 'Z', 'h')
                    && (holds(head, 4, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59)
                            || holds(head, 4, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90)); // of nothing
        }

        @Override
        InputStream decompress(InputStream compressed, DictionaryRoom room) {
            return new Bzip2Stream(compressed, DECODERS);
        }
    };

    private static final int BUFFER_BYTES = 64 << 10;

    /** How many blocks are decoded at once where they can be decoded apart. */
    private static final int DECODERS = Math.min(4, Runtime.getRuntime().availableProcessors());

    /** {@code zstd --long} takes 128 MiB, which are not of the heap; what takes more is refused. */
    private static final int MAX_ZSTD_WINDOW_LOG = 27;

    abstract boolean begins(byte[] head);

    /** What was compressed, with all that follows it in the same manner: several streams behind each other are one. */
    abstract InputStream decompress(InputStream compressed, DictionaryRoom room) throws IOException;

    /** How a file that begins with {@code head} is compressed, if it is. */
    static Optional<Compression> of(byte[] head) {
        return Arrays.stream(values()).filter(one -> one.begins(head)).findFirst();
    }

    /**
     * What {@code failure} of the decompressor means.
     *
     * @param ended whether it had asked for more than there was
     */
    UnpackException refusal(Exception failure, boolean ended) {
        if (failure instanceof UnpackException named) {
            return named;
        }
        return new UnpackException(error(failure, ended), failure);
    }

    private UnpackError error(Exception failure, boolean ended) {
        if (failure instanceof MemoryLimitException) {
            return DictionaryRoom.tooLarge();
        }
        if (isZstd(failure, Zstd.errFrameParameterWindowTooLarge())) {
            return new UnpackError(
                    Fault.COMPRESSION_MEMORY,
                    "decompressing the zstd takes more memory than the limit of " + (1 << (MAX_ZSTD_WINDOW_LOG - 20))
                            + " MiB");
        }
        if (isZstd(failure, Zstd.errPrefixUnknown())) {
            return trailing().error();
        }
        return ended ? truncated().error() : damaged().error();
    }

    UnpackException truncated() {
        return UnpackError.refuse(Fault.COMPRESSION_TRUNCATED, "the " + this + " is cut off: expected more of it");
    }

    UnpackException damaged() {
        return UnpackError.refuse(
                Fault.COMPRESSION_DAMAGED, "the " + this + " is damaged: its structure or a checksum is wrong");
    }

    /** What was compressed has ended, and what follows was not compressed like it. */
    UnpackException trailing() {
        return UnpackError.refuse(
                Fault.COMPRESSION_TRAILING_BYTES,
                "something else follows behind the end of the " + this + ": expected nothing, or more of it");
    }

    private static boolean isZstd(Exception failure, long code) {
        return failure instanceof ZstdIOException zstd && zstd.getErrorCode() == code;
    }

    private static boolean holds(byte[] head, int offset, int... magic) {
        if (head.length < offset + magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[offset + i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /** As people call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
