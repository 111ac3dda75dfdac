package io.dvcr.converters.disk;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.dvcr.storage.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/** Turns frames back into chunks, believing neither. Not thread-safe; holds native memory. */
final class ChunkDecoder implements Closeable {
    private final DiskIndex index;
    private final MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private byte[] frame = new byte[0];

    ChunkDecoder(DiskIndex index) {
        this.index = index;
    }

    /** The chunk whose frame comes next in {@code pack}. */
    byte[] decode(int chunk, InputStream pack) throws IOException {
        byte[] content = new byte[index.chunkLength(chunk)];
        decode(chunk, pack, ByteBuffer.wrap(content));
        return content;
    }

    /** Puts the chunk whose frame comes next in {@code pack} into {@code target}, which is on the heap. */
    void decode(int chunk, InputStream pack, ByteBuffer target) throws IOException {
        int frameLength = index.frameLength(chunk);
        if (frame.length < frameLength) {
            frame = new byte[DiskFormat.maxFrame(DiskFormat.MAX_CHUNK)];
        }
        int read = pack.readNBytes(frame, 0, frameLength);
        if (read < frameLength) {
            throw damaged(chunk, "the pack ends within its frame");
        }
        ByteBuffer content = target.slice(target.position(), index.chunkLength(chunk));
        decompress(chunk, frameLength, content);
        hash.update(content);
        if (!Arrays.equals(hash.digest(), index.chunkDigest(chunk).bytes())) {
            throw damaged(chunk, "its content has another SHA-256");
        }
        target.position(target.position() + index.chunkLength(chunk));
    }

    /** The frame of that chunk, which comes next in {@code pack}, once it has proved to hold it. */
    ByteBuffer verifiedFrame(int chunk, InputStream pack) throws IOException {
        decode(chunk, pack);
        return ByteBuffer.wrap(Arrays.copyOf(frame, index.frameLength(chunk)));
    }

    @Override
    public void close() {
        zstd.close();
    }

    private void decompress(int chunk, int frameLength, ByteBuffer target) throws CorruptChunkException {
        try {
            requireOneFrame(chunk, frameLength, target.capacity());
            zstd.decompressByteArray(target.array(), target.arrayOffset(), target.capacity(), frame, 0, frameLength);
        } catch (ZstdException e) {
            throw damaged(chunk, "its frame cannot be decompressed: " + e.getMessage());
        }
    }

    private void requireOneFrame(int chunk, int frameLength, int length) throws CorruptChunkException {
        long declared = Zstd.getFrameContentSize(frame, 0, frameLength);
        if (declared != length) {
            throw damaged(chunk, "its frame declares " + declared + " bytes, not " + length);
        }
        long firstFrame = Zstd.findFrameCompressedSize(frame, 0, frameLength);
        if (firstFrame != frameLength) {
            throw damaged(chunk, "its frame has " + firstFrame + " bytes, not " + frameLength);
        }
    }

    private CorruptChunkException damaged(int chunk, String detail) {
        return new CorruptChunkException(index.packDigest(index.chunkPack(chunk)), index.chunkDigest(chunk), detail);
    }
}
