package io.dvcr.importers.scratch;

import io.dvcr.converters.format.FileContent;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The file of an image that is read at random, while it passes. One thread writes to it, others read. */
public interface HeldFile extends Closeable {

    /** What is there of it; reading waits for the rest. */
    FileContent content();

    /** The file goes on with {@code bytes}, which are consumed. */
    void append(ByteBuffer bytes) throws IOException;

    /** The file is complete. */
    void end() throws IOException;

    /** To be read when it is complete. */
    FileChannel channel();

    /** One that has lain on this host before and stays as it is; it stays open when this is closed. */
    static HeldFile lying(FileChannel file) {
        return new HeldFile() {
            @Override
            public FileContent content() {
                return FileContent.of(file);
            }

            @Override
            public void append(ByteBuffer bytes) {
                bytes.position(bytes.limit()); // it has them
            }

            @Override
            public void end() {
                // as it always was
            }

            @Override
            public FileChannel channel() {
                return file;
            }

            @Override
            public void close() {
                // whoever opened the file
            }
        };
    }
}
