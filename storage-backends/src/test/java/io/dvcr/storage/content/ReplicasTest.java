package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestBlobUnknown;
import io.dvcr.storage.RegistryError.ManifestListed;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryError.UploadBusy;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.Tag;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers over one store, each of which does something that the other must not overtake. */
class ReplicasTest extends ContentTest {
    private static final int ROUNDS = 60;
    private static final Tag LATEST = new Tag("latest");

    private Replicas replicas;
    private ContentStore one;
    private ContentStore other;

    @BeforeEach
    void share() throws IOException {
        replicas = Replicas.over(store, 2);
        one = replicas.contents().getFirst();
        other = replicas.contents().getLast();
    }

    @AfterEach
    void end() throws IOException {
        replicas.close();
    }

    private static StoredManifest manifest(String json) {
        byte[] bytes = json.getBytes(UTF_8);
        return new StoredManifest(Digest.sha256(bytes), OF_NO_KNOWN_TYPE, bytes);
    }

    private static StoredManifest manifest(int number) {
        return manifest("{\"schemaVersion\":2,\"annotations\":{\"number\":\"" + number + "\"}}");
    }

    private static StoredManifest indexOf(StoredManifest child) {
        byte[] json = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",
                 "manifests":[{"mediaType":"%s","size":%d,"digest":"%s"}]}""".formatted(OF_NO_KNOWN_TYPE, child.content().length, child.digest())
                .getBytes(UTF_8);
        return new StoredManifest(Digest.sha256(json), "application/vnd.oci.image.index.v1+json", json);
    }

    /** What both came to: empty where the registry refused it. */
    private static List<Optional<RegistryException>> together(Callable<?> here, Callable<?> there) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Optional<RegistryException>> first = threads.submit(() -> attempt(start, here));
            Future<Optional<RegistryException>> second = threads.submit(() -> attempt(start, there));
            return List.of(first.get(), second.get());
        }
    }

    private static Optional<RegistryException> attempt(CyclicBarrier start, Callable<?> work) throws Exception {
        start.await();
        try {
            work.call();
            return Optional.empty();
        } catch (RegistryException e) {
            return Optional.of(e);
        }
    }

    @Test
    void a_tag_that_one_gives_while_the_other_deletes_the_manifest_does_not_name_what_is_gone() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            StoredManifest manifest = manifest(round);
            one.manifests().put(VMS, manifest);
            List<Optional<RegistryException>> outcome = together(
                    () -> {
                        one.tags().put(VMS, LATEST, manifest.digest());
                        return true;
                    },
                    () -> {
                        other.removals().delete(VMS, manifest.digest());
                        return true;
                    });
            outcome.getFirst().ifPresent(refused -> assertThat(refused.error()).isInstanceOf(ManifestUnknown.class));
            assertThat(outcome.getLast()).isEmpty();
            assertThat(one.tags().resolve(VMS, LATEST)).isEmpty(); // deletion takes every tag with it
            assertThat(other.manifests().find(VMS, new Reference.ByDigest(manifest.digest())))
                    .isEmpty();
        }
    }

    @Test
    void what_one_pushes_again_while_the_other_takes_its_last_tag_is_there_or_gone_as_a_whole() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            StoredManifest manifest = manifest(round);
            one.manifests().put(VMS, manifest, List.of(LATEST));
            together(() -> one.manifests().put(VMS, manifest, List.of(new Tag("again"))), () -> {
                other.removals().untag(VMS, LATEST);
                return true;
            });
            assertThat(one.manifests().find(VMS, new Reference.ByTag(new Tag("again"))))
                    .as("round " + round)
                    .isPresent(); // what was acknowledged stays
            other.removals().delete(VMS, manifest.digest());
        }
    }

    @Test
    void an_index_that_one_pushes_while_the_other_deletes_what_it_lists_is_refused_or_lists_what_is_there()
            throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            StoredManifest child = manifest(round);
            StoredManifest index = indexOf(child);
            one.manifests().put(VMS, child);
            List<Optional<RegistryException>> outcome =
                    together(() -> one.manifests().put(VMS, index, List.of(LATEST)), () -> {
                        other.removals().delete(VMS, child.digest());
                        return true;
                    });
            boolean pushed = outcome.getFirst().isEmpty();
            outcome.getFirst()
                    .ifPresent(refused -> assertThat(refused.error()).isInstanceOf(ManifestBlobUnknown.class));
            outcome.getLast().ifPresent(refused -> assertThat(refused.error()).isInstanceOf(ManifestListed.class));
            assertThat(outcome.getLast().isEmpty()).isNotEqualTo(pushed); // one of the two came first
            assertThat(one.manifests().has(VMS, child.digest())).isEqualTo(pushed);
            if (pushed) {
                one.removals().delete(VMS, index.digest());
                one.removals().delete(VMS, child.digest());
            }
        }
    }

    @Test
    void what_a_living_server_holds_is_no_garbage_of_another() throws IOException {
        byte[] pack = "a pack".getBytes(UTF_8);
        Digest digest = Digest.sha256(pack);
        try (BlobDraft draft = one.blobs().draft(VMS)) {
            draft.hold(List.of(digest));
            draft.put(digest, ByteBuffer.wrap(pack));
            other.garbage().forgetPushesCutOff();
            collectTimes(3);
            assertThat(store.head(StoreLayout.blob(digest))).isPresent();
        }
        collectTimes(3);
        assertThat(one.blobs().find(VMS, digest)).isEmpty();
    }

    @Test
    void what_a_dead_server_held_is_garbage() throws IOException {
        byte[] pack = "a pack".getBytes(UTF_8);
        Digest digest = Digest.sha256(pack);
        one.blobs().put(VMS, digest, ByteBuffer.wrap(pack));
        byte[] hold = ("[\"" + digest + "\"]").getBytes(UTF_8);
        store.put(StoreLayout.pending("0a6e", UUID.randomUUID()), ByteBuffer.wrap(hold));
        collectTimes(3);
        assertThat(other.blobs().find(VMS, digest)).isEmpty();
    }

    @Test
    void what_a_dead_server_was_changing_keeps_nobody_waiting() throws IOException {
        StoredManifest manifest = manifest(1);
        one.manifests().put(VMS, manifest);
        ByteBuffer empty = ByteBuffer.allocate(0);
        store.put(StoreLayout.adding(VMS, "0a6e", UUID.randomUUID()), empty);
        store.put(StoreLayout.removing(VMS, "0a6f"), empty);
        one.tags().put(VMS, LATEST, manifest.digest());
        other.removals().delete(VMS, manifest.digest());
        assertThat(one.tags().resolve(VMS, LATEST)).isEmpty();
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Test
    void chunks_of_one_upload_may_come_to_different_servers() throws IOException {
        UploadId id;
        try (Upload upload = one.uploads().begin(VMS, Algorithm.SHA256)) {
            id = upload.id();
            upload.append(bytes("hel"), 100);
        }
        for (String chunk : List.of("lo", ", ", "wor")) {
            try (Upload upload = other.uploads().resume(VMS, id)) {
                upload.append(bytes(chunk), 100);
            }
        }
        assertThat(one.uploads().offset(VMS, id)).isEqualTo(10);
        try (Upload upload = one.uploads().resume(VMS, id)) {
            assertThat(upload.offset()).isEqualTo(10);
            upload.append(bytes("ld"), 100);
            upload.commit(Digest.sha256("hello, world".getBytes(UTF_8)));
        }
        assertThat(other.blobs().find(VMS, Digest.sha256("hello, world".getBytes(UTF_8))))
                .isPresent();
        assertThat(store.list("leases/uploads/", Optional.empty(), 10)).isEmpty();
    }

    @Test
    void an_upload_has_one_writer_over_all_servers() throws Exception {
        Upload upload = one.uploads().begin(VMS, Algorithm.SHA256);
        UploadStore impatient = new UploadStore(
                store,
                other.blobs(),
                other.quotas(),
                Clock.systemUTC(),
                new Takeover(Duration.ofMillis(1), Duration.ofMillis(1)),
                replicas.leases().getLast());
        assertThatThrownBy(() -> impatient.resume(VMS, upload.id()))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.error()).isInstanceOf(UploadBusy.class));
        upload.close();
        impatient.resume(VMS, upload.id()).close();
    }

    /** The client's connection to one has died, which that has not noticed yet. */
    @Test
    void a_writer_that_has_fallen_silent_gives_way_to_one_on_another_server() throws Exception {
        Upload silent = one.uploads().begin(VMS, Algorithm.SHA256);
        SilentStream connection = new SilentStream();
        Thread receiving = Thread.ofVirtual().start(() -> {
            try (Upload writing = silent) {
                writing.append(new SequenceInputStream(bytes("hel"), connection), 100);
            } catch (RegistryException | IOException e) {
                connection.ended = Optional.of(e);
            }
        });
        assertThat(connection.asked.await(20, TimeUnit.SECONDS)).isTrue();
        try (Upload resumed = other.uploads().resume(VMS, silent.id())) {
            assertThat(resumed.offset()).isEqualTo(3);
        }
        receiving.join();
        assertThat(connection.ended)
                .get()
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.error()).isInstanceOf(UploadBusy.class));
    }

    /** Has nothing to say until it is closed. */
    private static final class SilentStream extends InputStream {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile Optional<Exception> ended = Optional.empty();

        @Override
        public int read() throws IOException {
            return read(new byte[1], 0, 1);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            asked.countDown();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("closed");
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private void collectTimes(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            other.garbage().collect(Duration.ZERO, false);
        }
    }
}
