package io.dvcr.converters.format;

import static io.dvcr.converters.format.VmdkError.refuse;

import io.dvcr.converters.format.VmdkError.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads compressed grains where the tables have them: each begins with a marker, as {@link VmdkStream} has it. A read
 * holds a grain and its compressed form.
 */
record VmdkGrains(VmdkHeader header) implements BlockReader {
    static final int MARKER_BYTES = 12;

    @Override
    public void read(FileContent file, long grain, long place, int within, ByteBuffer target) throws IOException {
        int size = size(file, grain, place);
        byte[] compressed = new byte[size];
        BlockReader.readFully(file, place + MARKER_BYTES, ByteBuffer.wrap(compressed));
        try (GrainInflation inflation = new GrainInflation(header)) {
            int end = within + target.remaining();
            target.put(inflation.inflate(compressed, 0, size, end).position(within));
        }
    }

    private int size(FileContent file, long grain, long place) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MARKER_BYTES);
        BlockReader.readFully(file, place, bytes);
        Fields marker = Fields.littleEndian(bytes.flip());
        if (marker.signed64(0) != grain * header.grain()) {
            throw refuse(
                    Fault.TABLES_DIFFER,
                    "the tables have the grain of sector " + grain * header.grain() + " where one of sector "
                            + Long.toUnsignedString(marker.signed64(0)) + " is: expected the same");
        }
        long size = marker.unsigned32(8);
        if (size == 0 || size > GrainInflation.maxBytes(header)) {
            throw refuse(
                    Fault.GRAIN_INVALID,
                    "a grain has " + size + " compressed bytes: expected 1 to " + GrainInflation.maxBytes(header));
        }
        return (int) size;
    }
}
