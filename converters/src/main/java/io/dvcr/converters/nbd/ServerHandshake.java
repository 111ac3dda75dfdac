package io.dvcr.converters.nbd;

import static io.dvcr.converters.nbd.NbdProtocol.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The server's side of "Fixed newstyle negotiation" (doc/proto.md) for a single read-only export, whose name is empty.
 * Options that are not known are answered with {@code NBD_REP_ERR_UNSUP}.
 */
final class ServerHandshake {
    /** The identity of {@code base:allocation} in replies. */
    static final int ALLOCATION_ID = 1;

    private static final int TRANSMISSION_FLAGS =
            TRANSMISSION_HAS_FLAGS | TRANSMISSION_READ_ONLY | TRANSMISSION_CAN_MULTI_CONN;
    private static final int PREFERRED_BLOCK_BYTES = 4096;

    private final Wire wire;
    private final long size;
    private boolean zeroes;
    private boolean structured;
    private boolean allocation;

    private ServerHandshake(Wire wire, long size) {
        this.wire = wire;
        this.size = size;
    }

    /** What was agreed; empty if the client took leave. */
    static Optional<Export> negotiate(Wire wire, long size) throws IOException {
        return new ServerHandshake(wire, size).negotiate();
    }

    private Optional<Export> negotiate() throws IOException {
        greet();
        while (true) {
            ByteBuffer header = wire.read(16);
            if (header.getLong() != OPTION_MAGIC) {
                throw new NbdException("the NBD client sent something that is no option");
            }
            int option = header.getInt();
            ByteBuffer data = wire.read(bounded(header.getInt()));
            switch (option) {
                case OPT_EXPORT_NAME -> {
                    return Optional.of(exportName(data));
                }
                case OPT_ABORT -> {
                    reply(option, REP_ACK);
                    return Optional.empty();
                }
                case OPT_INFO, OPT_GO -> {
                    if (info(option, data) && option == OPT_GO) {
                        return Optional.of(export());
                    }
                }
                default -> stay(option, data);
            }
        }
    }

    /** Options after which the negotiation goes on. */
    private void stay(int option, ByteBuffer data) throws IOException {
        switch (option) {
            case OPT_LIST -> list(data);
            case OPT_STRUCTURED_REPLY -> structuredReply(data);
            case OPT_LIST_META_CONTEXT, OPT_SET_META_CONTEXT -> metaContext(option, data);
            default -> reply(option, REP_ERR_UNSUP);
        }
    }

    private void greet() throws IOException {
        ByteBuffer greeting = ByteBuffer.allocate(18).putLong(SERVER_MAGIC).putLong(OPTION_MAGIC);
        wire.write(greeting.putShort((short) (FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES))
                .flip());
        int flags = wire.read(4).getInt();
        if ((flags & FLAG_FIXED_NEWSTYLE) == 0) {
            throw new NbdException("the NBD client has no fixed newstyle negotiation");
        }
        zeroes = (flags & FLAG_NO_ZEROES) == 0;
    }

    private Export export() {
        return new Export(size, structured, allocation, false);
    }

    private Export exportName(ByteBuffer name) throws IOException {
        if (name.hasRemaining()) {
            throw new NbdException("the NBD client wants an export with a name");
        }
        ByteBuffer answer = ByteBuffer.allocate(zeroes ? 134 : 10);
        answer.putLong(size).putShort((short) TRANSMISSION_FLAGS);
        wire.write(answer.rewind());
        return export();
    }

    private void list(ByteBuffer data) throws IOException {
        if (data.hasRemaining()) {
            reply(OPT_LIST, REP_ERR_INVALID);
            return;
        }
        reply(OPT_LIST, REP_SERVER, ByteBuffer.allocate(4)); // a name of no bytes
        reply(OPT_LIST, REP_ACK);
    }

    private boolean info(int option, ByteBuffer data) throws IOException {
        if (data.remaining() < 6) {
            reply(option, REP_ERR_INVALID);
            return false;
        }
        int nameBytes = data.getInt();
        if (nameBytes != 0) {
            reply(option, nameBytes < 0 || nameBytes > data.remaining() - 2 ? REP_ERR_INVALID : REP_ERR_UNKNOWN);
            return false;
        }
        int requests = Short.toUnsignedInt(data.getShort());
        if (data.remaining() != requests * Short.BYTES) {
            reply(option, REP_ERR_INVALID);
            return false;
        }
        ByteBuffer export = ByteBuffer.allocate(12).putShort((short) INFO_EXPORT);
        reply(
                option,
                REP_INFO,
                export.putLong(size).putShort((short) TRANSMISSION_FLAGS).flip());
        while (data.hasRemaining()) {
            if (data.getShort() == INFO_BLOCK_SIZE) {
                reply(option, REP_INFO, blockSize());
            }
        }
        reply(option, REP_ACK);
        return true;
    }

    /** "Size constraints": any offset and length up to the default payload. */
    private static ByteBuffer blockSize() {
        ByteBuffer info = ByteBuffer.allocate(14).putShort((short) INFO_BLOCK_SIZE);
        return info.putInt(1)
                .putInt(PREFERRED_BLOCK_BYTES)
                .putInt(MAX_PAYLOAD_BYTES)
                .flip();
    }

    private void structuredReply(ByteBuffer data) throws IOException {
        if (data.hasRemaining()) {
            reply(OPT_STRUCTURED_REPLY, REP_ERR_INVALID);
            return;
        }
        structured = true;
        reply(OPT_STRUCTURED_REPLY, REP_ACK);
    }

    private void metaContext(int option, ByteBuffer data) throws IOException {
        boolean select = option == OPT_SET_META_CONTEXT;
        allocation &= !select;
        Optional<List<String>> queries = structured ? queries(data) : Optional.empty();
        if (queries.isEmpty()) {
            reply(option, REP_ERR_INVALID);
            return;
        }
        List<String> wanted = queries.get();
        boolean wildcard = !select && (wanted.isEmpty() || wanted.contains("base:"));
        if (wildcard || wanted.contains(ALLOCATION_CONTEXT)) {
            allocation |= select;
            byte[] name = ALLOCATION_CONTEXT.getBytes(StandardCharsets.UTF_8);
            ByteBuffer context = ByteBuffer.allocate(4 + name.length).putInt(select ? ALLOCATION_ID : 0);
            reply(option, REP_META_CONTEXT, context.put(name).flip());
        }
        reply(option, REP_ACK);
    }

    /** The query strings of the two options about metadata contexts; empty if they are malformed. */
    private static Optional<List<String>> queries(ByteBuffer data) {
        if (data.remaining() < 8 || data.getInt() != 0) {
            return Optional.empty(); // also for an export that has a name: there is none
        }
        List<String> queries = new ArrayList<>();
        for (int count = data.getInt(); count != 0; count--) {
            int length = data.remaining() < 4 ? -1 : data.getInt();
            if (length < 0 || length > data.remaining()) {
                return Optional.empty();
            }
            byte[] query = new byte[length];
            data.get(query);
            queries.add(new String(query, StandardCharsets.UTF_8));
        }
        return data.hasRemaining() ? Optional.empty() : Optional.of(queries);
    }

    private void reply(int option, int type) throws IOException {
        reply(option, type, ByteBuffer.allocate(0));
    }

    private void reply(int option, int type, ByteBuffer data) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(20).putLong(OPTION_REPLY_MAGIC).putInt(option);
        wire.write(header.putInt(type).putInt(data.remaining()).flip(), data);
    }

    private static int bounded(int length) throws IOException {
        if (length < 0 || length > MAX_OPTION_BYTES) {
            throw new NbdException("an NBD option of " + Integer.toUnsignedString(length) + " bytes");
        }
        return length;
    }
}
