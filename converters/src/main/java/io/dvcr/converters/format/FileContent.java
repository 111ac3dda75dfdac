package io.dvcr.converters.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The bytes of an image file, which may still be arriving. Implementations are thread-safe. */
public interface FileContent {

    /**
     * Puts into {@code target} what the file has from {@code offset} on, up to its limit or the end of the file. Waits
     * for bytes that have yet to arrive.
     */
    void read(long offset, ByteBuffer target) throws IOException;

    /** How much of the file is there so far, in bytes. */
    long arrived() throws IOException;

    /** A file that is there as a whole. */
    static FileContent of(FileChannel file) {
        return new FileContent() {
            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                int read = 0;
                for (long position = offset; target.hasRemaining() && read >= 0; position += read) {
                    read = file.read(target, position);
                }
            }

            @Override
            public long arrived() throws IOException {
                return file.size();
            }
        };
    }
}
