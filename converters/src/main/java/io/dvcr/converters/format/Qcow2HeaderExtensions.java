package io.dvcr.converters.format;

import io.dvcr.converters.format.Qcow2Error.DataFile;
import io.dvcr.converters.format.Qcow2Error.Encrypted;
import io.dvcr.converters.format.Qcow2Error.HeaderExtensionTooLong;
import io.dvcr.converters.format.Qcow2Error.Truncated;
import java.nio.ByteBuffer;

/** The optional sections behind a qcow2 header: docs/interop/qcow2, section "Header extensions". */
final class Qcow2HeaderExtensions {
    private static final int END = 0;
    private static final int ENCRYPTION = 0x0537be77;
    private static final int DATA_FILE = 0x44415441;
    private static final int LUKS = 2;

    private Qcow2HeaderExtensions() {}

    /**
     * Walks the extensions. They must end within the first cluster, and, where that is larger, within {@code head}:
     * those that exist take a few hundred bytes.
     *
     * @throws ImageException if one points outside the file, or runs on where none may be
     */
    static void check(ByteBuffer head, int headerLength, long clusterBytes) {
        if (head.remaining() < headerLength) {
            throw new ImageException(new Truncated("header", headerLength, head.remaining()));
        }
        long end = Math.min(clusterBytes, head.remaining());
        long offset = headerLength;
        while (offset < end) {
            if (end - offset < 8) {
                throw new ImageException(new HeaderExtensionTooLong(offset, end));
            }
            int type = head.getInt(head.position() + (int) offset);
            if (type == END) {
                return;
            }
            refuseReferences(type);
            long length = Integer.toUnsignedLong(head.getInt(head.position() + (int) offset + 4));
            long next = offset + 8 + ((length + 7) & ~7L);
            if (next > end) {
                throw new ImageException(new HeaderExtensionTooLong(offset, end));
            }
            offset = next;
        }
        if (end < clusterBytes) {
            throw new ImageException(new HeaderExtensionTooLong(offset, end));
        }
    }

    private static void refuseReferences(int type) {
        if (type == DATA_FILE) {
            throw new ImageException(new DataFile());
        }
        if (type == ENCRYPTION) {
            throw new ImageException(new Encrypted(LUKS));
        }
    }
}
