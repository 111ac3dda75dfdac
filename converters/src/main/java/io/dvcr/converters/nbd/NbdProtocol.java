package io.dvcr.converters.nbd;

/**
 * The numbers of the NBD protocol that are used here; see doc/proto.md in github.com/NetworkBlockDevice/nbd, section
 * "Values". All numbers on the wire are big-endian.
 */
final class NbdProtocol {
    /** "Newstyle negotiation": what a server opens with. */
    static final long SERVER_MAGIC = 0x4e42444d41474943L;

    /** Before every option, and second in the server's greeting. */
    static final long OPTION_MAGIC = 0x49484156454f5054L;

    static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
    static final int REQUEST_MAGIC = 0x25609513;
    static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

    /** "Handshake flags" and, with the same values, "Client flags". */
    static final int FLAG_FIXED_NEWSTYLE = 1;

    static final int FLAG_NO_ZEROES = 1 << 1;

    /** "Transmission flags". */
    static final int TRANSMISSION_HAS_FLAGS = 1;

    static final int TRANSMISSION_READ_ONLY = 1 << 1;
    static final int TRANSMISSION_SEND_DF = 1 << 7;
    static final int TRANSMISSION_CAN_MULTI_CONN = 1 << 8;

    /** "Option types". */
    static final int OPT_EXPORT_NAME = 1;

    static final int OPT_ABORT = 2;
    static final int OPT_LIST = 3;
    static final int OPT_INFO = 6;
    static final int OPT_GO = 7;
    static final int OPT_STRUCTURED_REPLY = 8;
    static final int OPT_LIST_META_CONTEXT = 9;
    static final int OPT_SET_META_CONTEXT = 10;

    /** "Option reply types"; those with the highest bit are errors. */
    static final int REP_ACK = 1;

    static final int REP_SERVER = 2;
    static final int REP_INFO = 3;
    static final int REP_META_CONTEXT = 4;
    static final int REP_ERROR = 1 << 31;
    static final int REP_ERR_UNSUP = REP_ERROR + 1;
    static final int REP_ERR_INVALID = REP_ERROR + 3;
    static final int REP_ERR_UNKNOWN = REP_ERROR + 6;

    static final int INFO_EXPORT = 0;
    static final int INFO_BLOCK_SIZE = 3;

    /** "Request types". */
    static final int CMD_READ = 0;

    static final int CMD_WRITE = 1;
    static final int CMD_DISC = 2;
    static final int CMD_BLOCK_STATUS = 7;

    /** "Command flags". */
    static final int CMD_FLAG_DF = 1 << 2;

    static final int CMD_FLAG_REQ_ONE = 1 << 3;

    /** "Structured reply flags" and "Structured reply types"; types with bit 15 are errors. */
    static final int REPLY_FLAG_DONE = 1;

    static final int REPLY_NONE = 0;
    static final int REPLY_OFFSET_DATA = 1;
    static final int REPLY_OFFSET_HOLE = 2;
    static final int REPLY_BLOCK_STATUS = 5;
    static final int REPLY_ERROR_BIT = 1 << 15;
    static final int REPLY_ERROR = REPLY_ERROR_BIT + 1;

    /** "The base:allocation metadata context". */
    static final String ALLOCATION_CONTEXT = "base:allocation";

    static final int STATE_HOLE = 1;
    static final int STATE_ZERO = 1 << 1;

    /** "Error values". */
    static final int EPERM = 1;

    static final int EIO = 5;
    static final int EINVAL = 22;

    /** "Size constraints": the payload that both sides take where nothing else is agreed. */
    static final int MAX_PAYLOAD_BYTES = 1 << 25;

    /** The most bytes of data one option or its reply may carry here. */
    static final int MAX_OPTION_BYTES = 1 << 16;

    static final int REQUEST_HEADER_BYTES = 28;
    static final int STRUCTURED_HEADER_BYTES = 20;
    static final int SIMPLE_HEADER_BYTES = 16;

    private NbdProtocol() {}
}
