package io.dvcr.importers.mirror;

import java.io.IOException;
import java.io.InputStream;

/** Where the bytes of one blob are fetched from. */
@FunctionalInterface
interface BlobSource {

    /** The {@code length} bytes from {@code offset} on; one that ends early has no more. The caller closes it. */
    InputStream open(long offset, long length) throws IOException;
}
