package io.dvcr.converters.nbd;

import static io.dvcr.converters.nbd.NbdProtocol.*;

import io.dvcr.converters.RandomAccessDisk.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** {@code NBD_CMD_BLOCK_STATUS} about {@code base:allocation}, the only context that is ever selected. */
final class PendingStatus extends PendingRequest {
    private static final int DESCRIPTOR_BYTES = 8;
    private static final int MAX_REPLY_BYTES = 4 + (DESCRIPTOR_BYTES << 20);

    private final long end;
    private final List<Run> runs = new ArrayList<>();

    /** @param length as an unsigned number */
    PendingStatus(long offset, int length) {
        super(offset, length);
        this.end = offset + Integer.toUnsignedLong(length);
    }

    /** What the reply said, in order, from the offset on and not beyond what was asked; neighbours differ. */
    Extents extents() {
        return new Extents(runs);
    }

    @Override
    ByteBuffer header(long cookie, Export export) {
        return header(0, CMD_BLOCK_STATUS, cookie);
    }

    @Override
    void accept(Wire wire, int type, int payloadBytes) throws IOException {
        if (type == REPLY_NONE && payloadBytes == 0) {
            return;
        }
        boolean descriptors =
                payloadBytes > 4 && payloadBytes <= MAX_REPLY_BYTES && (payloadBytes - 4) % DESCRIPTOR_BYTES == 0;
        if (type != REPLY_BLOCK_STATUS || !descriptors || !runs.isEmpty()) {
            throw new NbdException(
                    "a chunk of type " + type + " with " + payloadBytes + " bytes answers a block status request");
        }
        ByteBuffer payload = wire.read(payloadBytes).position(4);
        long next = offset;
        while (payload.hasRemaining() && next < end) {
            long bytes = Integer.toUnsignedLong(payload.getInt());
            boolean data = (payload.getInt() & STATE_ZERO) == 0;
            if (bytes == 0) {
                throw new NbdException("the NBD server reports an extent of 0 bytes");
            }
            add(new Run(next, Math.min(bytes, end - next), data));
            next += bytes;
        }
    }

    @Override
    void acceptSimple(Wire wire) throws IOException {
        throw new NbdException("a simple reply answers a block status request");
    }

    @Override
    boolean complete() {
        return !runs.isEmpty();
    }

    private void add(Run run) {
        if (!runs.isEmpty() && runs.getLast().data() == run.data()) {
            Run last = runs.removeLast();
            runs.add(new Run(last.offset(), last.length() + run.length(), run.data()));
        } else {
            runs.add(run);
        }
    }
}
