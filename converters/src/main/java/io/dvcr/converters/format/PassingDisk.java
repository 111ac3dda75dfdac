package io.dvcr.converters.format;

import io.dvcr.converters.DiskSink;
import java.io.IOException;
import java.io.InputStream;

/** A disk that is not its file byte for byte, but lies in it in order, so that it can be taken as the file streams by. */
@FunctionalInterface
public interface PassingDisk {

    /**
     * Gives {@code sink} the disk.
     *
     * @param file from its first byte on; it is read to its end
     * @throws ImageException if the file does not go on as it began
     */
    void read(InputStream file, DiskSink sink) throws IOException;
}
