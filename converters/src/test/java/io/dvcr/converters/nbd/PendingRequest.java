package io.dvcr.converters.nbd;

import static io.dvcr.converters.nbd.NbdProtocol.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request that was sent and is not yet answered. The chunks of its reply are taken by the thread that reads replies;
 * {@link #done} tells the others of the end.
 */
abstract sealed class PendingRequest permits PendingRead, PendingStatus {
    final long offset;
    final int length;

    /** Fails with an {@link IOException} only. After it is done, nothing of the request is touched any more. */
    final CompletableFuture<Void> done = new CompletableFuture<>();

    private @Nullable IOException error;

    PendingRequest(long offset, int length) {
        this.offset = offset;
        this.length = length;
    }

    /** Its header as in "Request message". */
    abstract ByteBuffer header(long cookie, Export export);

    /** Takes the payload of a chunk that is no error, all {@code payloadBytes} of it. */
    abstract void accept(Wire wire, int type, int payloadBytes) throws IOException;

    /** Takes the payload that follows a "Simple reply message" without error. */
    abstract void acceptSimple(Wire wire) throws IOException;

    /** Whether the reply said all that was asked. */
    abstract boolean complete();

    final void failed(IOException cause) {
        if (error == null) {
            error = cause;
        }
    }

    /** No further chunk follows. */
    final void end() {
        if (error == null && !complete()) {
            error = new NbdException("the NBD server left out a part of its reply for offset " + offset);
        }
        if (error == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(error);
        }
    }

    final ByteBuffer header(int flags, int type, long cookie) {
        ByteBuffer header = ByteBuffer.allocate(REQUEST_HEADER_BYTES);
        header.putInt(REQUEST_MAGIC).putShort((short) flags).putShort((short) type);
        return header.putLong(cookie).putLong(offset).putInt(length).flip();
    }
}
