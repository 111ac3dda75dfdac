package io.dvcr.importers.unpack;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * What was compressed with gzip (RFC 1952), all members behind each other. The JDK's own takes whatever follows a member
 * and is none for the end; others keep names of any length. Not thread-safe.
 */
final class GzipStream extends BulkInputStream {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private boolean first = true;
    private boolean inMember;
    private boolean ended;

    GzipStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (length > 0 && !ended) {
            if (!inMember) {
                begin();
                continue;
            }
            int inflated = inflate(target, offset, length);
            if (inflated > 0) {
                return inflated;
            }
        }
        return length == 0 ? 0 : -1;
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        if (inflater.needsInput()) {
            require(position < limit || fill());
            inflater.setInput(buffer, position, limit - position);
            position = limit;
        }
        try {
            int inflated = inflater.inflate(target, offset, length);
            crc.update(target, offset, inflated);
            if (inflater.needsDictionary()) {
                throw new ZipException("a preset dictionary");
            }
            if (inflater.finished()) {
                position = limit - inflater.getRemaining();
                finish();
            }
            return inflated;
        } catch (DataFormatException e) {
            throw (IOException) new ZipException("deflated data that is malformed").initCause(e);
        }
    }

    /** The trailer of a member: checksum and length of what was in it. */
    private void finish() throws IOException {
        long expectedCrc = littleEndian(4);
        long expectedLength = littleEndian(4);
        if (expectedCrc != crc.getValue() || expectedLength != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw new ZipException("a checksum that is wrong");
        }
        inMember = false;
    }

    /** The header of a member, if there is one more. */
    private void begin() throws IOException {
        if (!first && position == limit && !fill()) {
            ended = true;
            return;
        }
        if (next() != 0x1f || next() != 0x8b) {
            throw Compression.GZIP.trailing();
        }
        first = false;
        int method = next();
        int flags = next();
        if (method != 8 || (flags & RESERVED) != 0) {
            throw new ZipException("a method or flags that are unknown");
        }
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip((int) littleEndian(2));
        }
        skipText((flags & NAME) != 0);
        skipText((flags & COMMENT) != 0);
        skip((flags & HEADER_CHECKSUM) != 0 ? 2 : 0);
        inflater.reset();
        crc.reset();
        inMember = true;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            next();
        }
    }

    private void skipText(boolean present) throws IOException {
        boolean more = present;
        while (more) {
            more = next() != 0;
        }
    }

    private long littleEndian(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (8 * i);
        }
        return value;
    }

    private int next() throws IOException {
        require(position < limit || fill());
        return buffer[position++] & 0xff;
    }

    private static void require(boolean more) throws EOFException {
        if (!more) {
            throw new EOFException("it ends within a member");
        }
    }

    /** Called when the buffer is used up; false at the end. */
    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer, 0, buffer.length));
        return limit > 0;
    }

    @Override
    public void close() throws IOException {
        inflater.close();
        in.close();
    }
}
