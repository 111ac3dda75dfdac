package io.dvcr.storage.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Counts what repositories hold, by listing it: distinct blobs and manifests. What garbage collection has set aside is
 * not held. Thread-safe.
 */
final class HeldContent {
    private static final int PAGE = 1000;

    /** A store that is far away answers many questions at once in the time of one. */
    private static final int QUESTIONS_AT_ONCE = 32;

    private static final int CACHED_SIZES = 50_000;

    private final ObjectStore store;
    private final Cache<Digest, Long> sizes =
            Caffeine.newBuilder().maximumSize(CACHED_SIZES).build();

    HeldContent(ObjectStore store) {
        this.store = store;
    }

    /** What a repository held while it was counted. Not thread-safe. */
    record Count(long bytes, DigestSet blobs, DigestSet manifests) {

        boolean holds(Digest digest) {
            return blobs.contains(digest) || manifests.contains(digest);
        }
    }

    Count count(RepositoryName repository) throws IOException {
        try (ExecutorService questions = Executors.newFixedThreadPool(
                QUESTIONS_AT_ONCE, Thread.ofVirtual().factory())) {
            Adder adder = new Adder(questions);
            DigestSet blobs = new DigestSet();
            ObjectPages.forEach(store, StoreLayout.blobLinks(repository), link -> {
                Digest digest = StoreLayout.digestOf(link.key());
                blobs.add(digest);
                adder.add(digest);
            });
            DigestSet manifests = new DigestSet();
            ObjectPages.forEach(store, StoreLayout.manifests(repository), entry -> {
                Digest digest = StoreLayout.digestOf(entry.key());
                if (!blobs.contains(digest)) {
                    manifests.add(digest);
                    adder.add(digest);
                }
            });
            return new Count(adder.sum(), blobs, manifests);
        }
    }

    /** Of a composite, that of its record. 0 if the content is lost, or has just been deleted. */
    private long size(Digest digest) throws IOException {
        Long known = sizes.getIfPresent(digest);
        if (known != null) {
            return known;
        }
        Optional<ObjectInfo> there = Optional.empty();
        for (ObjectKey place : StoreLayout.placesOf(digest)) {
            there = there.isPresent() ? there : store.head(place);
        }
        there.ifPresent(info -> sizes.put(digest, info.size()));
        return there.map(ObjectInfo::size).orElse(0L);
    }

    /** Adds up sizes, a page of them at a time. */
    private final class Adder {
        private final ExecutorService questions;
        private final List<Future<Long>> asked = new ArrayList<>();
        private long sum;

        Adder(ExecutorService questions) {
            this.questions = questions;
        }

        void add(Digest digest) throws IOException {
            asked.add(questions.submit(() -> size(digest)));
            if (asked.size() == PAGE) {
                sum();
            }
        }

        long sum() throws IOException {
            for (Future<Long> size : asked) {
                sum += answer(size);
            }
            asked.clear();
            return sum;
        }

        private static long answer(Future<Long> size) throws IOException {
            try {
                return size.get();
            } catch (ExecutionException e) {
                throw new IOException("cannot tell the size of a blob", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }
}
