package io.dvcr.importers.source;

import io.dvcr.converters.format.ImageFormat;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A source that is being read. The stream tries again by itself what fails in passing; what it throws is final.
 *
 * @param stream the bytes as they are stored at the source, from their beginning
 * @param length of the stream in bytes, if the source says; it need not be true
 * @param checksum what the stream must hash to, if that is known
 * @param format what the image must be, if somebody has said
 */
public record OpenedSource(
        InputStream stream, OptionalLong length, Optional<Checksum> checksum, Optional<ImageFormat> format)
        implements Closeable {

    /** One of any format. */
    public OpenedSource(InputStream stream, OptionalLong length, Optional<Checksum> checksum) {
        this(stream, length, checksum, Optional.empty());
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
