package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;

/** Where the packs of a disk come from: a store, or any OCI registry by ranged reads. Thread-safe. */
public interface PackSource {

    /**
     * The {@code length} bytes of {@code pack} from {@code offset} on. The reader closes the stream, perhaps early;
     * a stream that ends early means that the pack is damaged.
     */
    InputStream open(Digest pack, long offset, long length) throws IOException;
}
