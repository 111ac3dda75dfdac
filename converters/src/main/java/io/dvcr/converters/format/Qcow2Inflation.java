package io.dvcr.converters.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.dvcr.converters.format.Qcow2Cluster.Compressed;
import io.dvcr.converters.format.Qcow2Error.ClusterUnreadable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses clusters of a qcow2 file: docs/interop/qcow2 of the QEMU sources, section "Compressed Clusters". It holds
 * a cluster, and up to two more for the compressed form, once there is one. Not thread-safe.
 */
final class Qcow2Inflation implements Closeable {
    private final FileContent file;
    private final Qcow2Header header;
    private byte[] cluster = new byte[0];
    private byte[] compressed = new byte[0];
    private @Nullable Inflater inflater;
    private @Nullable ZstdDecompressCtx zstd;

    Qcow2Inflation(FileContent file, Qcow2Header header) {
        this.file = file;
        this.header = header;
    }

    /** The whole cluster, valid until the next call here. */
    ByteBuffer inflate(Compressed place) throws IOException {
        if (cluster.length == 0) {
            cluster = new byte[(int) header.clusterBytes()];
        }
        if (compressed.length < place.maxBytes()) {
            compressed = new byte[place.maxBytes()];
        }
        ByteBuffer bytes = ByteBuffer.wrap(compressed, 0, place.maxBytes());
        file.read(place.offset(), bytes); // the file may end before its last sector does
        boolean whole = header.zstd() ? decompress(bytes.position()) : inflate(bytes.position());
        if (!whole) {
            throw new ImageException(new ClusterUnreadable(place.offset()));
        }
        return ByteBuffer.wrap(cluster);
    }

    private boolean inflate(int length) {
        if (inflater == null) {
            inflater = new Inflater(true);
        }
        inflater.reset();
        inflater.setInput(compressed, 0, length);
        try {
            int inflated = 0;
            int more = 1;
            while (inflated < cluster.length && more > 0) {
                more = inflater.inflate(cluster, inflated, cluster.length - inflated);
                inflated += more;
            }
            return inflated == cluster.length;
        } catch (DataFormatException _) {
            return false;
        }
    }

    /** The sectors may hold something else behind the frame, which has to be told from it. */
    private boolean decompress(int length) {
        if (zstd == null) {
            zstd = new ZstdDecompressCtx();
        }
        try {
            long frame = Zstd.findFrameCompressedSize(compressed, 0, length);
            return frame > 0
                    && frame <= length
                    && zstd.decompressByteArray(cluster, 0, cluster.length, compressed, 0, (int) frame)
                            == cluster.length;
        } catch (ZstdException _) {
            return false;
        }
    }

    @Override
    public void close() {
        if (inflater != null) {
            inflater.end();
        }
        if (zstd != null) {
            zstd.close();
        }
    }
}
