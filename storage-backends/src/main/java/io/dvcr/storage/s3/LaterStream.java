package io.dvcr.storage.s3;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A stream that is opened when it is first read. Not thread-safe. */
final class LaterStream extends InputStream {
    private final Source source;
    private Optional<InputStream> opened = Optional.empty();

    LaterStream(Source source) {
        this.source = source;
    }

    interface Source {
        InputStream open() throws IOException;
    }

    private InputStream opened() throws IOException {
        if (opened.isEmpty()) {
            opened = Optional.of(source.open());
        }
        return opened.get();
    }

    @Override
    public int read() throws IOException {
        return opened().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return opened().read(target, offset, length);
    }

    @Override
    public int available() throws IOException {
        return opened.isPresent() ? opened.get().available() : 0;
    }

    @Override
    public void close() throws IOException {
        if (opened.isPresent()) {
            opened.get().close();
        }
    }
}
