package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.Bzip2Piece.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * What was compressed with bzip2, all streams behind each other. Its blocks do not depend on each other, so several are
 * decoded at once; each is taken only if the one before it ends where it begins. The format has no specification; what
 * <a href="https://sourceware.org/bzip2/">bzip2</a> 1.0.8 reads decides. Used by one thread.
 */
final class Bzip2Stream extends BulkInputStream {
    private static final int HEADER_BYTES = 4;
    private static final int HEADER_BITS = HEADER_BYTES * Byte.SIZE;
    private static final int TRAILER_BITS = Bzip2Piece.MAGIC_BITS + 32;
    private static final int LEVEL_BYTES = 100_000;

    private final InputStream in;
    private final Bzip2Blocks blocks;
    private final Bzip2Checksum checksum = new Bzip2Checksum();
    private Optional<Current> current = Optional.empty();
    private boolean begun;
    private boolean ended;
    private int maxBlock;
    private int streamChecksum;

    /** The block that is read. */
    private record Current(Bzip2Runs runs, int checksum) {}

    /** @param decoders how many blocks are decoded at once */
    Bzip2Stream(InputStream in, int decoders) {
        this.in = in;
        this.blocks = new Bzip2Blocks(new Bzip2Pieces(in), decoders);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (length > 0 && !ended) {
            if (current.isEmpty()) {
                next();
                continue;
            }
            int read = current.get().runs().read(target, offset, length);
            if (read > 0) {
                checksum.update(target, offset, read);
                return read;
            }
            finish(current.get().checksum());
        }
        return length == 0 ? 0 : -1;
    }

    private void finish(int expected) {
        require(checksum.value() == expected);
        streamChecksum = Integer.rotateLeft(streamChecksum, 1) ^ expected;
        current = Optional.empty();
    }

    private void next() throws IOException {
        Bzip2Piece piece = blocks.first().orElseThrow(Compression.BZIP2::truncated);
        if (piece.kind() == Kind.BLOCK) {
            Bzip2Block block = blocks.takeBlock();
            require(block.runs().length <= maxBlock);
            checksum.reset();
            current = Optional.of(new Current(new Bzip2Runs(block.runs()), block.checksum()));
            return;
        }
        blocks.takeOther();
        if (begun) {
            endStream(piece);
        } else {
            require(piece.bits() == HEADER_BITS);
            beginStream(piece.bytes(), 0);
            begun = true;
        }
    }

    private void beginStream(byte[] bytes, int header) {
        maxBlock = (bytes[header + HEADER_BYTES - 1] - '0') * LEVEL_BYTES;
        streamChecksum = 0;
    }

    /** {@code piece} begins with the end of a stream; then there is nothing, or the header of another. */
    private void endStream(Bzip2Piece piece) throws IOException {
        require(piece.kind() == Kind.STREAM_END);
        if (piece.bits() < TRAILER_BITS) {
            throw Compression.BZIP2.truncated(); // nothing that looks like a beginning fits in there
        }
        Bzip2Bits bits = new Bzip2Bits(piece);
        bits.skip(Bzip2Piece.MAGIC_BITS);
        require((int) bits.take(32) == streamChecksum);
        int behind = (bits.position() + 7) >>> 3;
        int left = piece.bytes().length - behind;
        if (blocks.first().isPresent() && left == HEADER_BYTES && isHeader(piece.bytes(), behind)) {
            beginStream(piece.bytes(), behind);
        } else if (left == 0 && blocks.first().isEmpty()) {
            ended = true;
        } else {
            throw unlikeStream(piece.bytes(), behind);
        }
    }

    private UnpackException unlikeStream(byte[] bytes, int header) throws IOException {
        int left = bytes.length - header;
        for (int i = 0; i < Math.min(left, HEADER_BYTES); i++) {
            if (!isHeaderByte(i, bytes[header + i])) {
                return Compression.BZIP2.trailing();
            }
        }
        boolean cut = blocks.first().isEmpty() && left < HEADER_BYTES + TRAILER_BITS / Byte.SIZE;
        return cut ? Compression.BZIP2.truncated() : Compression.BZIP2.damaged();
    }

    private static boolean isHeader(byte[] bytes, int offset) {
        for (int i = 0; i < HEADER_BYTES; i++) {
            if (!isHeaderByte(i, bytes[offset + i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHeaderByte(int place, byte one) {
        return place < HEADER_BYTES - 1 ? one == "BZh".charAt(place) : one >= '1' && one <= '9';
    }

    private static void require(boolean sound) {
        if (!sound) {
            throw Compression.BZIP2.damaged();
        }
    }

    @Override
    public void close() throws IOException {
        blocks.close();
        in.close();
    }
}
