package io.dvcr.importers.source;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * What an earlier reader of a source has kept of it, so that only the rest need be fetched.
 *
 * @param version which version of the source it is of
 * @param length how many bytes there are
 * @param bytes the first bytes of the source, at least that many; what fails in reading them is not tried again
 */
public record HeadStart(Representation version, long length, InputStream bytes) implements Closeable {

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
