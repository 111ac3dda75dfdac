package io.dvcr.converters.disk;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Decoded chunks by SHA-256, up to a number of bytes, for any number of disks. Thread-safe: who asks for a chunk that
 * another is reading waits for that.
 */
public final class ChunkCache {
    private final AsyncCache<Digest, byte[]> chunks;

    /** Reads a chunk that is not in the cache. */
    interface Loader {
        byte[] load() throws IOException;
    }

    /** @param maxBytes of all chunks together; 0 keeps none */
    public ChunkCache(long maxBytes) {
        this.chunks = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Digest _, byte[] content) -> content.length)
                .executor(Runnable::run)
                .buildAsync();
    }

    /** The content of {@code chunk}; not to be changed. */
    byte[] get(Digest chunk, Loader loader) throws IOException {
        CompletableFuture<byte[]> mine = new CompletableFuture<>();
        CompletableFuture<byte[]> earlier = chunks.asMap().putIfAbsent(chunk, mine);
        return earlier == null ? load(loader, mine) : await(earlier, loader);
    }

    private static byte[] load(Loader loader, CompletableFuture<byte[]> mine) throws IOException {
        try {
            byte[] content = loader.load();
            mine.complete(content);
            return content;
        } finally {
            mine.cancel(false); // no effect unless loading failed; the cache then forgets the chunk
        }
    }

    private static byte[] await(CompletableFuture<byte[]> earlier, Loader loader) throws IOException {
        try {
            return earlier.join();
        } catch (CompletionException | CancellationException e) {
            return loader.load(); // what went wrong for another may well go right here
        }
    }
}
