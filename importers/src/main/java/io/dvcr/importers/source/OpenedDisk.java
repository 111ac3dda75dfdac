package io.dvcr.importers.source;

import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.DiskManifest;
import java.io.Closeable;
import java.io.IOException;

/**
 * A disk artifact at a source, to be copied as it is.
 *
 * @param manifest verified, if the source was named by a digest
 * @param connection closed with this
 */
public record OpenedDisk(DiskManifest manifest, Blobs blobs, Closeable connection) implements OpenedImage {

    /** The blobs that the manifest names. */
    @FunctionalInterface
    public interface Blobs {
        /**
         * All of a blob, verified.
         *
         * @throws SourceException if it cannot be had
         */
        byte[] read(BlobDescriptor blob) throws IOException;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
