package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.BlobUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collection without any grace, in a loop, while clients push, mount, read and delete. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class GarbageStressTest {
    private static final int CLIENTS = 6;
    private static final int ROUNDS = 60;
    private static final int DISTINCT_BLOBS = 8;

    /** Of which nothing is required but to be JSON. */
    private static final String OF_NO_KNOWN_TYPE = "application/vnd.example.manifest.v1+json";

    @TempDir
    private Path directory;

    @Test
    void no_blob_that_a_stored_manifest_names_is_ever_missing_and_nothing_unnamed_is_left() throws Exception {
        try (FileSystemStore store = FileSystemStore.open(directory)) {
            stress(store, List.of(ContentStore.over(store, Clock.systemUTC())), ROUNDS);
        }
    }

    /** Each of which collects; clients meet another at every request. */
    @Test
    void nor_over_several_servers_that_share_the_store() throws Exception {
        try (FileSystemStore store = FileSystemStore.open(directory);
                Replicas replicas = Replicas.over(store, 3)) {
            stress(store, replicas.contents(), ROUNDS / 4); // each takes many more writes
        }
    }

    private static void stress(FileSystemStore store, List<ContentStore> servers, int rounds) throws Exception {
        long seed = System.nanoTime();
        System.out.println("GarbageStressTest seed " + seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger accepted = new AtomicInteger();
            List<Future<?>> collectors = new ArrayList<>();
            for (ContentStore server : servers) {
                collectors.add(threads.submit(() -> {
                    while (!done.get()) {
                        server.garbage().collect(Duration.ZERO, false);
                    }
                    return null;
                }));
            }
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Client client =
                        new Client(servers, new RepositoryName("r" + i % 3), new Random(seed + i), rounds, accepted);
                clients.add(threads.submit(client::run));
            }
            for (Future<?> client : clients) {
                client.get();
            }
            done.set(true);
            for (Future<?> collector : collectors) {
                collector.get();
            }
            System.out.println("accepted " + accepted + " of " + 2 * CLIENTS * rounds + " pushes");
            assertThat(accepted.get()).isPositive();
            assertNothingIsLeft(store, servers.getFirst());
        }
    }

    private static void assertNothingIsLeft(FileSystemStore store, ContentStore content) throws IOException {
        for (RepositoryName repository : content.catalog().list(Optional.empty(), 100)) {
            for (ObjectInfo entry : store.list(StoreLayout.manifests(repository), Optional.empty(), 1000)) {
                content.removals().delete(repository, StoreLayout.digestOf(entry.key()));
            }
        }
        for (int i = 0; i < 4; i++) {
            content.garbage().collect(Duration.ZERO, false);
        }
        assertThat(store.list(StoreLayout.BLOBS, Optional.empty(), 10)).isEmpty();
        assertThat(store.list(StoreLayout.BLOBS_ASIDE, Optional.empty(), 10)).isEmpty();
        assertThat(store.list(StoreLayout.COMPOSITES, Optional.empty(), 10)).isEmpty();
        assertThat(store.list(StoreLayout.COMPOSITES_ASIDE, Optional.empty(), 10))
                .isEmpty();
        assertThat(store.list(StoreLayout.REPOSITORIES, Optional.empty(), 10)).isEmpty();
        assertThat(store.list(StoreLayout.PENDING, Optional.empty(), 10)).isEmpty();
        assertThat(store.list(StoreLayout.CATALOG, Optional.empty(), 10)).isEmpty();
    }

    /** Pushes manifests over a few blobs that others push and drop too, and checks what was accepted. */
    private record Client(
            List<ContentStore> servers, RepositoryName repository, Random random, int rounds, AtomicInteger accepted) {

        /** Whichever a balancer would choose. */
        private ContentStore content() {
            return servers.get(random.nextInt(servers.size()));
        }

        Void run() throws IOException {
            for (int round = 0; round < rounds; round++) {
                byte[] blob = ("blob " + random.nextInt(DISTINCT_BLOBS)).getBytes(UTF_8);
                Digest digest = Digest.sha256(blob);
                if (random.nextBoolean()
                        || content().blobs().find(repository, digest).isEmpty()) {
                    content().blobs().put(repository, digest, ByteBuffer.wrap(blob));
                }
                pushAndCheck(digest, blob);
                pushCompositeAndCheck();
                deleteOwnBlob();
            }
            return null;
        }

        private void pushAndCheck(Digest blob, byte[] expected) throws IOException {
            StoredManifest manifest = manifestNaming(blob);
            try {
                content().manifests().put(repository, manifest);
            } catch (RegistryException e) {
                return; // the blob was purged before: a refusal is right
            }
            accepted.incrementAndGet();
            for (int i = 0; i < 3; i++) {
                assertThat(content().manifests().find(repository, new Reference.ByDigest(manifest.digest())))
                        .isPresent();
                assertThat(content().blobs().readAll(content().blobs().get(repository, blob)))
                        .isEqualTo(expected);
            }
            if (random.nextInt(3) > 0) {
                content().removals().delete(repository, manifest.digest());
            }
        }

        /** One that others push too, of blobs that others drop. */
        private void pushCompositeAndCheck() throws IOException {
            int of = random.nextInt(DISTINCT_BLOBS - 1);
            byte[] one = ("blob " + of).getBytes(UTF_8);
            byte[] two = ("blob " + (of + 1)).getBytes(UTF_8);
            Composite composite = new Composite.Builder()
                    .blob(Digest.sha256(one), 0, one.length)
                    .bytes(new byte[] {','}, 2)
                    .blob(Digest.sha256(two), 1, two.length - 1)
                    .build()
                    .orElseThrow();
            byte[] expected = ("blob " + of + ",,lob " + (of + 1)).getBytes(UTF_8);
            Digest digest = Digest.sha256(expected);
            try {
                content().blobs().put(repository, Digest.sha256(one), ByteBuffer.wrap(one));
                content().blobs().put(repository, Digest.sha256(two), ByteBuffer.wrap(two));
                content().blobs().put(repository, digest, composite);
            } catch (RegistryException e) {
                assertThat(e.error()).isEqualTo(new BlobUnknown(digest)); // purged just before
                return;
            }
            pushAndCheck(digest, expected);
        }

        /** What was pushed here only, so that no manifest names it. */
        private void deleteOwnBlob() throws IOException {
            byte[] blob = ("own " + random.nextLong()).getBytes(UTF_8);
            content().blobs().put(repository, Digest.sha256(blob), ByteBuffer.wrap(blob));
            try {
                content().blobs().delete(repository, Digest.sha256(blob));
            } catch (RegistryException e) {
                assertThat(e.error()).isInstanceOf(BlobUnknown.class); // purged just before
            }
            assertThat(content().blobs().find(repository, Digest.sha256(blob))).isEmpty();
        }

        private StoredManifest manifestNaming(Digest blob) {
            byte[] json = """
                    {"schemaVersion":2,"annotations":{"unique":"%d"},
                     "layers":[{"mediaType":"a/b","size":6,"digest":"%s"}]}""".formatted(random.nextLong(), blob).getBytes(UTF_8);
            return new StoredManifest(Digest.sha256(json), OF_NO_KNOWN_TYPE, json);
        }
    }
}
