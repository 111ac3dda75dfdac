package io.dvcr.importers.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * A converted image that is open for reading. The caller closes it.
 *
 * @param version another one for each file that was made, be it of the same image: most formats have identifiers in them
 *     that are made up each time
 */
public record ConvertedFile(FileChannel channel, String version) implements Closeable {
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
