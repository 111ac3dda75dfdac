package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the blobs of a disk go as they are made. Called from one thread at a time, but not always the same one. */
public interface BlobSink {

    /**
     * Stores the blob {@code content}, whose digest is {@code digest}. Storing what is there already is no fault.
     *
     * @param content the whole blob, from position to limit; not to be kept once this returns
     */
    void put(Digest digest, String mediaType, ByteBuffer content) throws IOException;
}
