package io.dvcr.converters.nbd;

import static io.dvcr.converters.nbd.NbdProtocol.*;

import io.dvcr.converters.RandomAccessDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * One client of an {@link NbdServer}, as in doc/proto.md, section "Transmission phase". Requests are worked on side by
 * side, a bounded number at a time; each holds 1 MiB at most.
 */
final class ServerConnection {
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
    private static final int IN_FLIGHT = 8;

    private final Wire wire;
    private final RandomAccessDisk disk;
    private final Semaphore slots = new Semaphore(IN_FLIGHT);

    ServerConnection(Wire wire, RandomAccessDisk disk) {
        this.wire = wire;
        this.disk = disk;
    }

    /** Serves until the client takes leave or the connection ends; returns when no request is at work any more. */
    void serve() throws IOException {
        Optional<Export> export;
        try (Deadline _ = new Deadline(wire, HANDSHAKE_TIMEOUT)) {
            export = ServerHandshake.negotiate(wire, disk.size());
        }
        if (export.isPresent()) {
            try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
                transmit(new ReplyWriter(wire, disk, export.get()), export.get(), workers);
            }
        }
    }

    private void transmit(ReplyWriter replies, Export export, ExecutorService workers) throws IOException {
        while (true) {
            Request request = Request.read(wire);
            if (request.type() == CMD_DISC) {
                return;
            }
            if (request.type() == CMD_WRITE) {
                skipPayload(request);
            }
            slots.acquireUninterruptibly();
            workers.execute(() -> answer(replies, export, request));
        }
    }

    private void answer(ReplyWriter replies, Export export, Request request) {
        try {
            if (request.type() == CMD_READ && readable(request, export)) {
                replies.read(request);
            } else if (request.type() == CMD_BLOCK_STATUS && statable(request, export)) {
                replies.status(request);
            } else {
                replies.error(request, request.type() == CMD_WRITE ? EPERM : EINVAL);
            }
        } catch (IOException | RuntimeException _) {
            hangUp();
        } finally {
            slots.release();
        }
    }

    /** No flag applies to reads: {@code NBD_FLAG_SEND_DF} was not offered. */
    private static boolean readable(Request request, Export export) {
        return request.flags() == 0 && request.within(export.size()) && request.length() <= MAX_PAYLOAD_BYTES;
    }

    private static boolean statable(Request request, Export export) {
        return export.allocation() && (request.flags() & ~CMD_FLAG_REQ_ONE) == 0 && request.within(export.size());
    }

    private void skipPayload(Request write) throws IOException {
        if (write.length() > MAX_PAYLOAD_BYTES) {
            throw new NbdException("the NBD client writes " + write.length() + " bytes at once");
        }
        wire.skip((int) write.length());
    }

    /** The client sees the end of the connection; there is nobody else to tell. */
    private void hangUp() {
        try {
            wire.close();
        } catch (IOException _) {
            return; // it is gone in any case
        }
    }

    /** "Request message". The length is unsigned, the offset too, where negative means beyond every disk. */
    record Request(int flags, int type, long cookie, long offset, long length) {
        static Request read(Wire wire) throws IOException {
            ByteBuffer header = wire.read(REQUEST_HEADER_BYTES);
            if (header.getInt() != REQUEST_MAGIC) {
                throw new NbdException("the NBD client sent something that is no request");
            }
            return new Request(
                    Short.toUnsignedInt(header.getShort()),
                    Short.toUnsignedInt(header.getShort()),
                    header.getLong(),
                    header.getLong(),
                    Integer.toUnsignedLong(header.getInt()));
        }

        boolean within(long size) {
            return offset >= 0 && length > 0 && length <= size && offset <= size - length;
        }

        long end() {
            return offset + length;
        }
    }
}
