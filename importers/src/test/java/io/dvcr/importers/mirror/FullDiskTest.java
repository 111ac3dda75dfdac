package io.dvcr.importers.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full before as much is kept of mirrored registries as may be. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FullDiskTest {
    private static final int MIB = 1 << 20;
    private static final long DISK_BYTES = 5L * MIB;

    /** {@code store} with a disk of so many bytes for blobs. */
    private static ObjectStore small(ObjectStore store) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                    if (method.getName().equals("put")
                            && arguments[0] instanceof ObjectKey
                            && arguments[1] instanceof ByteBuffer content
                            && KeptContent.totalBytes(store) + content.remaining() > DISK_BYTES) {
                        throw new IOException("No space left on device");
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static byte[] read(ContentCache cache, int seed) throws IOException {
        byte[] content = content(seed);
        CacheKey key = new CacheKey(new RepositoryName("hub"), Digest.sha256(content));
        try (ContentCache.Lease lease = cache.use(key, content.length);
                InputStream in = new BlobStream(
                        lease.blob(),
                        ByteRange.all(content.length),
                        (offset, length) -> new ByteArrayInputStream(content, (int) offset, (int) length))) {
            return in.readAllBytes();
        }
    }

    private static byte[] content(int seed) {
        byte[] content = new byte[MIB];
        new Random(seed).nextBytes(content);
        return content;
    }

    @Test
    void gets_room_by_what_was_not_used_for_longest(@TempDir Path directory) throws Exception {
        MirrorSettings settings = new MirrorSettings(1L << 40, List.of(), List.of());
        try (FileSystemStore files = FileSystemStore.open(directory)) {
            ObjectStore store = small(files);
            MirrorRecords records = new MirrorRecords(store);
            try (ContentCache cache = new ContentCache(store, Clock.systemUTC());
                    CacheKeeper keeper = CacheKeeper.start(store, settings, records, cache, Clock.systemUTC())) {
                for (int i = 0; i < 5; i++) {
                    assertThat(read(cache, i)).isEqualTo(content(i));
                }
                assertThatThrownBy(() -> read(cache, 5)).isInstanceOf(IOException.class);
                while (keeper.report().removed() == 0) {
                    Thread.sleep(20);
                }
                assertThat(read(cache, 5)).isEqualTo(content(5));
            }
        }
    }
}
