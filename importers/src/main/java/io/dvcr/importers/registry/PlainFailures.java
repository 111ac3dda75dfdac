package io.dvcr.importers.registry;

import io.dvcr.importers.source.SourceException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body whose every failure, that of a source that is too slow included, is an {@link UpstreamException}. */
final class PlainFailures extends FilterInputStream {
    private final InputStream first;

    /** @param first the connection that was opened before {@code body} was read, which may never be */
    PlainFailures(InputStream body, InputStream first) {
        super(body);
        this.first = first;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return in.read(target, offset, length);
        } catch (BodyCutException | SourceException e) {
            throw UpstreamException.silent(e);
        }
    }

    @Override
    public void close() throws IOException {
        try (first) {
            in.close();
        }
    }
}
