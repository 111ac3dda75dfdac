package io.dvcr.importers.registry;

import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.unpack.BulkInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body whose every failure, that of a source that is too slow included, is an {@link UpstreamException}. */
final class PlainFailures extends BulkInputStream {
    private final InputStream body;
    private final InputStream first;

    /** @param first the connection that was opened before {@code body} was read, which may never be */
    PlainFailures(InputStream body, InputStream first) {
        this.body = body;
        this.first = first;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return body.read(target, offset, length);
        } catch (BodyCutException | SourceException e) {
            throw UpstreamException.silent(e);
        }
    }

    @Override
    public void close() throws IOException {
        try (first) {
            body.close();
        }
    }
}
