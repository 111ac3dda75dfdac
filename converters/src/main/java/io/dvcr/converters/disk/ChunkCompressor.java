package io.dvcr.converters.disk;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.dvcr.converters.disk.PreparedChunk.Storage;
import io.dvcr.storage.Digest;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/** Hashes chunks and makes frames of those that are new, section "Frames". Not thread-safe; holds native memory. */
final class ChunkCompressor implements Closeable {
    private final ChunkTable stored;
    private final KnownChunks known;
    private final MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    private final byte[] frame = new byte[(int) Zstd.compressBound(DiskFormat.MAX_CHUNK)];
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();

    ChunkCompressor(ChunkTable stored, KnownChunks known, int level) {
        this.stored = stored;
        this.known = known;
        zstd.setLevel(level).setContentSize(true).setChecksum(false).setDictID(false);
    }

    PreparedChunk prepare(long firstBlock, byte[] content, int length) {
        hash.update(content, 0, length);
        Digest digest = Digest.of(Digest.Algorithm.SHA256, hash.digest());
        Storage storage = storage(digest, content, length);
        return new PreparedChunk(firstBlock, ByteBuffer.wrap(content, 0, length), digest, storage);
    }

    @Override
    public void close() {
        zstd.close();
    }

    private Storage storage(Digest digest, byte[] content, int length) {
        if (stored.find(digest) != ChunkTable.NONE) {
            return new Storage.SameDisk();
        }
        return known.find(digest, length)
                .filter(place -> place.frameLength() <= DiskFormat.maxFrame(length)) // else it is a lie
                .<Storage>map(Storage.KnownPack::new)
                .orElseGet(() -> new Storage.NewFrame(compressed(content, length)));
    }

    private ByteBuffer compressed(byte[] content, int length) {
        int frameLength = zstd.compressByteArray(frame, 0, frame.length, content, 0, length);
        return ByteBuffer.wrap(Arrays.copyOf(frame, frameLength));
    }
}
