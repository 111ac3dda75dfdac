package io.dvcr.importers.scratch;

import io.dvcr.converters.format.FileContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file that an image is written to as it comes, because it is read at random. Written by one thread. */
final class SpoolFile implements HeldFile {
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

    SpoolFile(ArrivingFile content, Arrival arrival, Ending ending) {
        this.content = content;
        this.arrival = arrival;
        this.ending = ending;
    }

    @Override
    public FileContent content() {
        return content;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        content.append(bytes);
        arrival.at(content, false);
    }

    @Override
    public void end() throws IOException {
        content.end();
        arrival.at(content, true);
    }

    @Override
    public FileChannel channel() {
        return content.channel();
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
