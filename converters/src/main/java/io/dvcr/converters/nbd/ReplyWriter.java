package io.dvcr.converters.nbd;

import static io.dvcr.converters.nbd.NbdProtocol.*;

import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.RandomAccessDisk.Run;
import io.dvcr.converters.nbd.ServerConnection.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the replies of a server, in chunks ("Structured reply chunk message") or, to clients that know no chunks, in
 * one ("Simple reply message"). Thread-safe. An {@link IOException} means that the connection is of no use any more.
 */
final class ReplyWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyWriter.class);
    private static final int PIECE_BYTES = 1 << 20;
    private static final int MAX_EXTENTS = 1 << 16;

    private final Wire wire;
    private final RandomAccessDisk disk;
    private final boolean structured;
    private final ReentrantLock writing = new ReentrantLock();

    ReplyWriter(Wire wire, RandomAccessDisk disk, Export export) {
        this.wire = wire;
        this.disk = disk;
        this.structured = export.structured();
    }

    void error(Request request, int error) throws IOException {
        if (structured) {
            ByteBuffer payload = ByteBuffer.allocate(6).putInt(error).putShort((short) 0);
            chunk(request, REPLY_FLAG_DONE, REPLY_ERROR, payload.flip());
        } else {
            write(simpleHeader(request, error));
        }
    }

    void read(Request request) throws IOException {
        if (structured) {
            readInChunks(request);
        } else {
            readAtOnce(request);
        }
    }

    void status(Request request) throws IOException {
        ByteBuffer payload;
        try {
            payload = extents(request);
        } catch (IOException | RuntimeException e) {
            failed(request, e);
            return;
        }
        chunk(request, REPLY_FLAG_DONE, REPLY_BLOCK_STATUS, payload);
    }

    private void readInChunks(Request request) throws IOException {
        long offset = request.offset();
        while (offset < request.end()) {
            ByteBuffer payload;
            Run part;
            try {
                part = part(offset, request.end());
                payload = part.data() ? data(part) : hole(part);
            } catch (IOException | RuntimeException e) {
                failed(request, e);
                return;
            }
            offset = part.end();
            int flags = offset == request.end() ? REPLY_FLAG_DONE : 0;
            chunk(request, flags, part.data() ? REPLY_OFFSET_DATA : REPLY_OFFSET_HOLE, payload);
        }
    }

    /** The next run, cut to what one chunk holds. */
    private Run part(long offset, long end) throws IOException {
        Run run = disk.runAt(offset);
        long most = run.data() ? PIECE_BYTES : MAX_PAYLOAD_BYTES;
        return new Run(offset, Math.min(most, Math.min(run.end(), end) - offset), run.data());
    }

    private ByteBuffer data(Run run) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(8 + (int) run.length()).putLong(run.offset());
        disk.read(run.offset(), payload);
        return payload.flip();
    }

    private static ByteBuffer hole(Run run) {
        return ByteBuffer.allocate(12)
                .putLong(run.offset())
                .putInt((int) run.length())
                .flip();
    }

    /** "NBD_REPLY_TYPE_BLOCK_STATUS": what is beyond the limit, the client asks for again. */
    private ByteBuffer extents(Request request) throws IOException {
        int most = (request.flags() & CMD_FLAG_REQ_ONE) != 0 ? 1 : MAX_EXTENTS;
        ByteBuffer payload = ByteBuffer.allocate(4 + 8 * (int) Math.min(most, request.length()))
                .putInt(ServerHandshake.ALLOCATION_ID);
        long offset = request.offset();
        while (offset < request.end() && payload.hasRemaining()) {
            Run run = disk.runAt(offset);
            long length = Math.min(run.end(), request.end()) - offset;
            payload.putInt((int) length).putInt(run.data() ? 0 : STATE_HOLE | STATE_ZERO);
            offset += length;
        }
        return payload.flip();
    }

    /** Once the header is out, a failure cannot be told: it ends the connection. */
    private void readAtOnce(Request request) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, request.length()));
        try {
            disk.read(request.offset(), piece);
        } catch (IOException | RuntimeException e) {
            failed(request, e);
            return;
        }
        writing.lock();
        try {
            wire.write(simpleHeader(request, 0), piece.flip());
            for (long offset = request.offset() + piece.limit(); offset < request.end(); offset += piece.limit()) {
                disk.read(offset, piece.clear().limit((int) Math.min(PIECE_BYTES, request.end() - offset)));
                wire.write(piece.flip());
            }
        } finally {
            writing.unlock();
        }
    }

    private void failed(Request request, Exception cause) throws IOException {
        LOG.atWarn()
                .addKeyValue("offset", request.offset())
                .addKeyValue("length", request.length())
                .setCause(cause)
                .log("a disk served over NBD cannot be read");
        error(request, EIO);
    }

    private void chunk(Request request, int flags, int type, ByteBuffer payload) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(STRUCTURED_HEADER_BYTES).putInt(STRUCTURED_REPLY_MAGIC);
        header.putShort((short) flags).putShort((short) type).putLong(request.cookie());
        write(header.putInt(payload.remaining()).flip(), payload);
    }

    private static ByteBuffer simpleHeader(Request request, int error) {
        ByteBuffer header = ByteBuffer.allocate(SIMPLE_HEADER_BYTES).putInt(SIMPLE_REPLY_MAGIC);
        return header.putInt(error).putLong(request.cookie()).flip();
    }

    private void write(ByteBuffer... parts) throws IOException {
        writing.lock();
        try {
            wire.write(parts);
        } finally {
            writing.unlock();
        }
    }
}
