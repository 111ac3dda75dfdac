package io.dvcr.importers.scratch;

import io.dvcr.converters.format.FileContent;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A file that an image is written to as it comes, because it is read at random. One thread writes to it, others read. */
public final class SpoolFile implements Closeable {
    private final Path path;
    private final ArrivingFile content;
    private final Ending ending;
    private final Arrival arrival;

    /** Is told when something has arrived. */
    interface Arrival {
        /** @param complete whether nothing more will come */
        void at(ArrivingFile content, boolean complete) throws IOException;
    }

    /** What becomes of the file. */
    interface Ending {
        void end() throws IOException;
    }

    SpoolFile(Path path, ArrivingFile content, Arrival arrival, Ending ending) {
        this.path = path;
        this.content = content;
        this.arrival = arrival;
        this.ending = ending;
    }

    /** What is there of it; reading waits for the rest. */
    public FileContent content() {
        return content;
    }

    /** The file goes on with {@code bytes}, which are consumed. */
    public void append(ByteBuffer bytes) throws IOException {
        content.append(bytes);
        arrival.at(content, false);
    }

    /** The file is complete. */
    public void end() throws IOException {
        content.end();
        arrival.at(content, true);
    }

    /** To be read when it is complete. */
    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try {
            content.close();
        } finally {
            ending.end();
        }
    }
}
