package io.dvcr.importers.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectPages;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many read any parts of one blob at once, while its source fails and it is removed. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class CachedBlobStressTest {
    private static final int READERS = 12;
    private static final int READS = 8;

    private final long seed = new Random().nextLong();
    private final AtomicLong fetched = new AtomicLong();
    private byte[] content = {};
    private CacheKey key;
    private FileSystemStore store;
    private ContentCache cache;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        content = new byte[random.nextInt(12 << 20) + (1 << 20)];
        random.nextBytes(content);
        key = new CacheKey(new RepositoryName("hub"), Digest.sha256(content));
        store = FileSystemStore.open(directory);
        cache = new ContentCache(store, Clock.systemUTC());
    }

    @AfterEach
    void stop() throws IOException {
        cache.close();
        store.close();
    }

    private InputStream open(long offset, long length) {
        fetched.addAndGet(length);
        return new ByteArrayInputStream(content, (int) offset, (int) length);
    }

    /** Fails now and then in the middle, or lies. */
    private InputStream openBadly(long offset, long length) throws IOException {
        Random random = new Random(); // as many at once as there are threads
        if (random.nextInt(6) == 0) {
            throw new IOException("refused");
        }
        byte[] lie = content.clone();
        boolean lies = random.nextInt(6) == 0;
        lie[(int) (offset + length / 2)] += (byte) (lies ? 1 : 0);
        long until = random.nextInt(4) == 0 ? random.nextLong(length) : Long.MAX_VALUE;
        return new FilterInputStream(new ByteArrayInputStream(lie, (int) offset, (int) length)) {
            private long passed;

            @Override
            public int read(byte[] target, int start, int most) throws IOException {
                if (passed >= until) {
                    throw new IOException("cut");
                }
                int read = in.read(target, start, Math.min(most, 5000));
                passed += Math.max(0, read);
                return read;
            }
        };
    }

    private byte[] read(ByteRange range, BlobSource source) throws IOException {
        try (ContentCache.Lease lease = cache.use(key, content.length);
                InputStream in = new BlobStream(lease.blob(), range, source)) {
            return in.readAllBytes();
        }
    }

    private ByteRange any(Random random) {
        if (random.nextInt(4) == 0) {
            return ByteRange.all(content.length);
        }
        int start = random.nextInt(content.length);
        return new ByteRange(start, random.nextInt(Math.min(content.length - start, 1 << 20)) + 1);
    }

    private interface Reading {
        void read(ByteRange range) throws IOException;
    }

    private void byMany(Reading reading) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Random random = new Random(seed + i);
                readers.add(threads.submit(() -> {
                    for (int j = 0; j < READS; j++) {
                        reading.read(any(random));
                    }
                    return null;
                }));
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
    }

    private void requireRight(ByteRange range, byte[] bytes) {
        boolean right = Arrays.equals(bytes, 0, bytes.length, content, (int) range.offset(), (int) range.end());
        assertThat(right).as("seed " + seed + ", " + range).isTrue();
    }

    private long storedBytes() throws IOException {
        List<ObjectInfo> parts = new ArrayList<>();
        ObjectPages.forEach(store, StoreLayout.MIRROR_BLOBS, parts::add);
        return parts.stream().mapToLong(ObjectInfo::size).sum();
    }

    @RepeatedTest(5)
    void every_byte_comes_once() throws Exception {
        byMany(range -> requireRight(range, read(range, this::openCounted)));
        ByteRange all = ByteRange.all(content.length);
        requireRight(all, read(all, this::openCounted));
        assertThat(fetched).as("seed " + seed).hasValue(content.length);
        assertThat(storedBytes()).as("seed " + seed).isEqualTo(content.length);
    }

    /** Counts what is read, not what could be: a connection ends where another has fetched what follows. */
    private InputStream openCounted(long offset, long length) {
        return new CountedStream(new ByteArrayInputStream(content, (int) offset, (int) length), fetched::addAndGet);
    }

    @RepeatedTest(5)
    void whoever_gets_all_of_it_gets_it_right_whatever_its_source_does() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService remover = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> removing = remover.submit(() -> {
                while (!over.get()) {
                    cache.remove(key);
                    Thread.sleep(3);
                }
                return null;
            });
            try {
                byMany(this::readBadly);
            } finally {
                over.set(true);
            }
            removing.get();
        }
        readUntilRight();
        assertThat(storedBytes()).as("seed " + seed).isEqualTo(content.length);
    }

    /** Once no fetch from the bad source is under way, and what it lied has been found out, all is well. */
    private void readUntilRight() throws Exception {
        ByteRange all = ByteRange.all(content.length);
        for (int attempt = 0; ; attempt++) {
            try {
                requireRight(all, read(all, this::open));
                return;
            } catch (IOException e) {
                if (attempt == 50) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    private void readBadly(ByteRange range) {
        try {
            byte[] bytes = read(range, this::openBadly);
            if (range.equals(ByteRange.all(content.length))) {
                requireRight(range, bytes);
            }
        } catch (IOException e) {
            // as it must be while the source is as bad as that
        }
    }
}
