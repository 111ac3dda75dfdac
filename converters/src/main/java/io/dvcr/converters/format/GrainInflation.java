package io.dvcr.converters.format;

import static io.dvcr.converters.format.VmdkError.refuse;

import io.dvcr.converters.format.VmdkError.Fault;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses the grains of a vmdk: each is one zlib stream (RFC 1950), whose checksum is verified. It holds a grain.
 * Not thread-safe.
 */
final class GrainInflation implements Closeable {
    private final Inflater inflater = new Inflater();
    private final byte[] grain;

    GrainInflation(VmdkHeader header) {
        this.grain = new byte[(int) header.grainBytes()];
    }

    /** How many compressed bytes a grain may have. */
    static long maxBytes(VmdkHeader header) {
        return 2 * header.grainBytes();
    }

    /**
     * The first {@code length} bytes of a grain, valid until the next call.
     *
     * @throws ImageException if it does not have so many, or more than a grain has, or is damaged
     */
    ByteBuffer inflate(byte[] bytes, int offset, int size, int length) {
        inflater.reset();
        inflater.setInput(bytes, offset, size);
        if (inflated() < length || !inflater.finished()) {
            throw refuse(Fault.GRAIN_INVALID, "a grain does not decompress to " + length + " bytes");
        }
        return ByteBuffer.wrap(grain, 0, length);
    }

    private int inflated() {
        try {
            int inflated = 0;
            int more = 1;
            while (inflated < grain.length && more > 0) {
                more = inflater.inflate(grain, inflated, grain.length - inflated);
                inflated += more;
            }
            return inflater.finished() || inflater.inflate(new byte[1]) == 0 ? inflated : -1; // with its checksum
        } catch (DataFormatException _) {
            return -1;
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
