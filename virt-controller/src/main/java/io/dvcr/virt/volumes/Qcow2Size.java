package io.dvcr.virt.volumes;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The size of the disk in a qcow2 file, from its header, also while QEMU has it open; see <a
 * href="https://www.qemu.org/docs/master/interop/qcow2.html">the specification</a>.
 */
final class Qcow2Size {
    private static final int MAGIC = 0x514649fb;
    private static final int SIZE_OFFSET = 24;

    private Qcow2Size() {}

    static long of(Path file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(SIZE_OFFSET + Long.BYTES);
        try (FileChannel channel = FileChannel.open(file)) {
            while (header.hasRemaining()) {
                if (channel.read(header) < 0) {
                    throw new EOFException(file + " ends in its header");
                }
            }
        }
        if (header.getInt(0) != MAGIC) {
            throw new IOException(file + " is not qcow2");
        }
        return header.getLong(SIZE_OFFSET);
    }
}
