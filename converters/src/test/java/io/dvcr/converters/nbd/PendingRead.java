package io.dvcr.converters.nbd;

import static io.dvcr.converters.nbd.NbdProtocol.*;

import java.io.IOException;
import java.nio.ByteBuffer;

/** {@code NBD_CMD_READ}: the bytes go from the socket straight to where the caller wants them. */
final class PendingRead extends PendingRequest {
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

    private final ByteBuffer target;
    private long received;

    /** @param target filled from its position to its limit, which are not moved */
    PendingRead(long offset, ByteBuffer target) {
        super(offset, target.remaining());
        this.target = target.slice();
    }

    @Override
    ByteBuffer header(long cookie, Export export) {
        return header(export.dontFragment() ? CMD_FLAG_DF : 0, CMD_READ, cookie);
    }

    @Override
    void accept(Wire wire, int type, int payloadBytes) throws IOException {
        if (type == REPLY_OFFSET_DATA && payloadBytes > 8) {
            wire.fill(room(wire.read(8).getLong(), payloadBytes - 8));
        } else if (type == REPLY_OFFSET_HOLE && payloadBytes == 12) {
            ByteBuffer hole = wire.read(12);
            zero(room(hole.getLong(), hole.getInt()));
        } else if (type != REPLY_NONE || payloadBytes != 0) {
            throw new NbdException("a chunk of type " + type + " with " + payloadBytes + " bytes answers a read");
        }
    }

    @Override
    void acceptSimple(Wire wire) throws IOException {
        wire.fill(room(offset, length));
    }

    @Override
    boolean complete() {
        return received == length;
    }

    private ByteBuffer room(long from, int bytes) throws IOException {
        long start = from - offset;
        if (from < offset || start > length || bytes <= 0 || bytes > length - start) {
            throw new NbdException("the NBD server sent bytes that were not asked for, at offset " + from);
        }
        received += bytes;
        return target.slice((int) start, bytes);
    }

    private static void zero(ByteBuffer hole) {
        while (hole.hasRemaining()) {
            hole.put(ZEROS.slice(0, Math.min(ZEROS.capacity(), hole.remaining())));
        }
    }
}
