package io.dvcr.importers.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An image file that is being read. The stream tries again by itself what fails in passing; what it throws is final.
 *
 * @param stream the bytes as they are stored at the source, from their beginning
 * @param length of the stream in bytes, if the source says; it need not be true
 * @param checksum what the stream must hash to, if that is known
 * @param file the same bytes, where they lie in one file of this host that stays as it is
 * @param version what tells whether the source is still the same, if somebody wants to read on from the middle later
 * @param kept how many bytes of the stream need not be fetched, because they are a {@link HeadStart}
 */
public record OpenedSource(
        InputStream stream,
        OptionalLong length,
        Optional<Checksum> checksum,
        Optional<FileChannel> file,
        Optional<Representation> version,
        long kept)
        implements OpenedImage {

    /** One that is not on this host, or may change, and is read from its beginning whenever it is opened. */
    public OpenedSource(InputStream stream, OptionalLong length, Optional<Checksum> checksum) {
        this(stream, length, checksum, Optional.empty());
    }

    /** One that is read from its beginning whenever it is opened. */
    public OpenedSource(
            InputStream stream, OptionalLong length, Optional<Checksum> checksum, Optional<FileChannel> file) {
        this(stream, length, checksum, file, Optional.empty(), 0);
    }

    /** The same for who reads something else than its bytes: where they are in it does not tell where to go on. */
    public OpenedSource withoutPlace() {
        return new OpenedSource(stream, length, checksum, Optional.empty(), Optional.empty(), kept);
    }

    @Override
    public void close() throws IOException {
        try (stream) {
            if (file.isPresent()) {
                file.get().close();
            }
        }
    }
}
