package io.dvcr.storage.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.util.Optional;

/**
 * The bytes of small blobs that were read lately. What a digest names never changes, so they are kept as long as there
 * is room; only bytes that are what their digest says are. Thread-safe.
 */
final class SmallBlobs {
    /** Manifests and configurations, and what else is asked for often, are smaller. */
    static final int MAX_BLOB_BYTES = 64 * 1024;

    private static final long MAX_BYTES = 16L << 20;

    private final Cache<Digest, byte[]> contents = Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((Digest _, byte[] content) -> content.length + 256)
            .build();

    interface Source {
        byte[] read() throws IOException;
    }

    /** The bytes of {@code blob}, which must be there. Nobody may change them. */
    byte[] read(Blob blob, Source source) throws IOException {
        Optional<byte[]> known = Optional.ofNullable(contents.getIfPresent(blob.digest()));
        if (known.isPresent()) {
            return known.get();
        }
        byte[] content = source.read();
        if (content.length <= MAX_BLOB_BYTES && blob.digest().isOf(content)) {
            contents.put(blob.digest(), content);
        }
        return content;
    }
}
