package io.dvcr.converters.nbd;

import static io.dvcr.converters.nbd.NbdProtocol.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The client's side of "Fixed newstyle negotiation" (doc/proto.md): structured replies and {@code base:allocation}
 * where the server has them, then {@code NBD_OPT_GO} for the default export. Block size constraints are not asked for,
 * so that any offset and length within the default payload is allowed.
 */
final class ClientHandshake {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int EXPORT_INFO_BYTES = 12;

    private final Wire wire;

    private ClientHandshake(Wire wire) {
        this.wire = wire;
    }

    static Export negotiate(Wire wire) throws IOException {
        ClientHandshake handshake = new ClientHandshake(wire);
        handshake.greet();
        boolean structured = handshake.structuredReplies();
        boolean allocation = structured && handshake.allocationContext();
        return handshake.go(structured, allocation);
    }

    private void greet() throws IOException {
        ByteBuffer greeting = wire.read(18);
        if (greeting.getLong() != SERVER_MAGIC || greeting.getLong() != OPTION_MAGIC) {
            throw new NbdException("the peer is no NBD server, or an oldstyle one");
        }
        if ((greeting.getShort() & FLAG_FIXED_NEWSTYLE) == 0) {
            throw new NbdException("the NBD server has no fixed newstyle negotiation");
        }
        wire.write(ByteBuffer.allocate(4)
                .putInt(FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES)
                .flip());
    }

    private boolean structuredReplies() throws IOException {
        send(OPT_STRUCTURED_REPLY, NOTHING.duplicate());
        return receive(OPT_STRUCTURED_REPLY).type == REP_ACK;
    }

    private boolean allocationContext() throws IOException {
        byte[] query = ALLOCATION_CONTEXT.getBytes(StandardCharsets.UTF_8);
        ByteBuffer data = ByteBuffer.allocate(12 + query.length);
        data.putInt(0).putInt(1).putInt(query.length).put(query).flip();
        send(OPT_SET_META_CONTEXT, data);
        boolean selected = false;
        OptionReply reply = receive(OPT_SET_META_CONTEXT);
        for (; reply.type == REP_META_CONTEXT; reply = receive(OPT_SET_META_CONTEXT)) {
            selected = true;
        }
        return selected && reply.type == REP_ACK;
    }

    private Export go(boolean structured, boolean allocation) throws IOException {
        send(OPT_GO, ByteBuffer.allocate(6)); // the default export; no requests for information
        Export export = null;
        OptionReply reply = receive(OPT_GO);
        for (; reply.type == REP_INFO; reply = receive(OPT_GO)) {
            if (reply.data.remaining() == EXPORT_INFO_BYTES && reply.data.getShort() == INFO_EXPORT) {
                export = export(reply.data, structured, allocation);
            }
        }
        if (reply.type != REP_ACK || export == null) {
            throw new NbdException(
                    "the NBD server refuses its default export: option reply 0x" + Integer.toHexString(reply.type));
        }
        return export;
    }

    private static Export export(ByteBuffer info, boolean structured, boolean allocation) throws IOException {
        long size = info.getLong();
        if (size < 0) {
            throw new NbdException("the NBD export has " + Long.toUnsignedString(size) + " bytes");
        }
        boolean dontFragment = structured && (info.getShort() & TRANSMISSION_SEND_DF) != 0;
        return new Export(size, structured, allocation, dontFragment);
    }

    private void send(int option, ByteBuffer data) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(16);
        header.putLong(OPTION_MAGIC).putInt(option).putInt(data.remaining()).flip();
        wire.write(header, data);
    }

    private OptionReply receive(int option) throws IOException {
        ByteBuffer header = wire.read(20);
        if (header.getLong() != OPTION_REPLY_MAGIC || header.getInt() != option) {
            throw new NbdException("the NBD server answered something else than option " + option);
        }
        int type = header.getInt();
        int length = header.getInt();
        if (length < 0 || length > MAX_OPTION_BYTES) {
            throw new NbdException("an NBD option reply of " + Integer.toUnsignedString(length) + " bytes");
        }
        return new OptionReply(type, wire.read(length));
    }

    private record OptionReply(int type, ByteBuffer data) {}
}
