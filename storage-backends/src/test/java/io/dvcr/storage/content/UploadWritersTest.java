package io.dvcr.storage.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RegistryError.UploadBusy;
import io.dvcr.storage.RegistryError.UploadUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.lease.LocalLeases;
import io.dvcr.storage.object.FileSystemStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several requests that would write to one upload: an accident of every day when connections die. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class UploadWritersTest {
    private static final RepositoryName VMS = new RepositoryName("vms/debian");
    private static final byte[] CONTENT = content(100_000);
    private static final long LIMIT = 1 << 20;
    private static final Takeover AT_ONCE = new Takeover(Duration.ofMillis(1), Duration.ofSeconds(20));
    private static final Takeover NEVER = new Takeover(Duration.ofHours(1), Duration.ofHours(1));

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private FileSystemStore store;
    private ContentStore content;

    @BeforeEach
    void open() throws IOException {
        store = FileSystemStore.open(directory);
        content = ContentStore.over(store, Clock.systemUTC());
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        threads.close();
        store.close();
    }

    private UploadStore uploads(Takeover takeover) {
        return new UploadStore(
                store, content.blobs(), content.quotas(), Clock.systemUTC(), takeover, LocalLeases.over(store));
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private static UploadId begin(UploadStore uploads) throws IOException {
        try (Upload upload = uploads.begin(VMS, Algorithm.SHA256)) {
            return upload.id();
        }
    }

    /** Sends everything from where the upload goes on; returns where it goes on then. */
    private static long append(UploadStore uploads, UploadId id, InputStream content) throws IOException {
        try (Upload upload = uploads.resume(VMS, id)) {
            upload.append(content, LIMIT);
            return upload.offset();
        }
    }

    @Test
    void a_client_that_comes_back_takes_over_from_its_own_dead_connection() throws Exception {
        UploadStore uploads = uploads(AT_ONCE);
        UploadId id = begin(uploads);
        HangingClient dead = new HangingClient(Arrays.copyOf(CONTENT, 60_000));
        Future<Long> stale = threads.submit(() -> append(uploads, id, dead));
        dead.awaitSilence();

        try (Upload upload = uploads.resume(VMS, id)) {
            assertThat(upload.offset()).isEqualTo(60_000);
            upload.append(new ByteArrayInputStream(CONTENT, 60_000, 40_000), LIMIT);
            upload.commit(Digest.sha256(CONTENT));
        }
        assertThatThrownBy(stale::get)
                .hasCauseInstanceOf(RegistryException.class)
                .hasMessageContaining("is being written by another request");
        assertThat(content.blobs().readAll(content.blobs().get(VMS, Digest.sha256(CONTENT))))
                .isEqualTo(CONTENT);
    }

    @Test
    void who_is_silent_but_alone_is_waited_for() throws Exception {
        UploadStore uploads = uploads(AT_ONCE);
        UploadId id = begin(uploads);
        HangingClient slow = new HangingClient(CONTENT);
        Future<Long> writer = threads.submit(() -> append(uploads, id, slow));
        slow.awaitSilence();
        slow.end();
        assertThat(writer.get()).isEqualTo(CONTENT.length);
    }

    @Test
    void a_writer_that_goes_on_sending_wins_over_a_newcomer() throws Exception {
        UploadStore uploads = uploads(new Takeover(Duration.ofMillis(500), Duration.ofMillis(600)));
        UploadId id = begin(uploads);
        TricklingClient lively = new TricklingClient(CONTENT);
        Future<Long> writer = threads.submit(() -> append(uploads, id, lively));
        lively.awaitFirstByte();

        assertThatThrownBy(() -> append(uploads, id, new ByteArrayInputStream(CONTENT)))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.error()).isEqualTo(new UploadBusy(id.toString())));
        lively.end();
        int sent = writer.get().intValue();
        assertThat(sent).isPositive();
        try (Upload upload = uploads.resume(VMS, id)) {
            upload.commit(Digest.sha256(Arrays.copyOf(CONTENT, sent)));
        }
    }

    @Test
    void a_newcomer_waits_until_the_writer_is_done() throws Exception {
        UploadStore uploads = uploads(NEVER);
        UploadId id = begin(uploads);
        HangingClient first = new HangingClient(Arrays.copyOf(CONTENT, 60_000));
        Future<Long> writer = threads.submit(() -> append(uploads, id, first));
        first.awaitSilence();
        Future<Long> newcomer =
                threads.submit(() -> append(uploads, id, new ByteArrayInputStream(CONTENT, 60_000, 40_000)));
        first.end();
        assertThat(writer.get()).isEqualTo(60_000);
        assertThat(newcomer.get()).isEqualTo(100_000);
    }

    @Test
    void who_waited_while_the_upload_was_finished_does_not_begin_it_anew() throws Exception {
        UploadStore uploads = uploads(NEVER);
        UploadId id = begin(uploads);
        append(uploads, id, new ByteArrayInputStream(CONTENT));
        Upload writer = uploads.resume(VMS, id);
        Future<Long> newcomer = threads.submit(() -> append(uploads, id, new ByteArrayInputStream(CONTENT)));
        writer.commit(Digest.sha256(CONTENT));
        writer.close();
        assertThatThrownBy(newcomer::get)
                .cause()
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.error()).isEqualTo(new UploadUnknown(id.toString())));
        assertThat(store.list("uploads/", Optional.empty(), 10)).isEmpty();
    }

    @Test
    void a_stranger_of_another_repository_does_not_disturb_a_silent_writer() throws Exception {
        UploadStore uploads = uploads(AT_ONCE);
        UploadId id = begin(uploads);
        HangingClient slow = new HangingClient(CONTENT);
        Future<Long> writer = threads.submit(() -> append(uploads, id, slow));
        slow.awaitSilence();
        assertThatThrownBy(() -> uploads.resume(new RepositoryName("other"), id))
                .isInstanceOf(RegistryException.class);
        slow.end();
        assertThat(writer.get()).isEqualTo(CONTENT.length);
    }

    /** Whatever happens, what is stored is a beginning of the content, and everyone can go on from there. */
    @Test
    void many_clients_that_hang_die_and_come_back_do_not_corrupt_the_upload() throws Exception {
        long seed = System.nanoTime();
        UploadStore uploads = uploads(new Takeover(Duration.ofMillis(3), Duration.ofMillis(10)));
        UploadId id = begin(uploads);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Random random = new Random(seed + i);
            clients.add(threads.submit(() -> pushUntilDone(uploads, id, random)));
        }
        for (Future<?> client : clients) {
            client.get();
        }
        try (Upload upload = uploads.resume(VMS, id)) {
            assertThat(upload.offset()).as("seed " + seed).isEqualTo(CONTENT.length);
            upload.commit(Digest.sha256(CONTENT));
        }
        assertThat(content.blobs().readAll(content.blobs().get(VMS, Digest.sha256(CONTENT))))
                .as("seed " + seed)
                .isEqualTo(CONTENT);
    }

    private static void pushUntilDone(UploadStore uploads, UploadId id, Random random) {
        boolean done = false;
        while (!done) {
            try (Upload upload = uploads.resume(VMS, id)) {
                int offset = (int) upload.offset();
                if (offset == CONTENT.length) {
                    return; // who hung now might be the last, whom nobody would relieve
                }
                int length = Math.min(random.nextInt(5_000), CONTENT.length - offset);
                byte[] chunk = Arrays.copyOfRange(CONTENT, offset, offset + length);
                upload.append(random.nextBoolean() ? new HangingClient(chunk) : new ByteArrayInputStream(chunk), LIMIT);
                done = upload.offset() == CONTENT.length;
            } catch (IOException | RegistryException e) {
                // was made to give way, or did not get in: comes back
            }
        }
    }

    /** Sends its bytes and then neither more nor the end, until its connection is closed. */
    private static final class HangingClient extends InputStream {
        private final InputStream sent;
        private final CountDownLatch silent = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile boolean closed;

        HangingClient(byte[] sent) {
            this.sent = new ByteArrayInputStream(sent);
        }

        void awaitSilence() throws InterruptedException {
            silent.await();
        }

        void end() {
            over.countDown();
        }

        @Override
        public int read() throws IOException {
            throw new IOException("only whole buffers are read");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = sent.read(target, offset, length);
            if (read >= 0) {
                return read;
            }
            silent.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            if (closed) {
                throw new IOException("closed");
            }
            return -1;
        }

        @Override
        public void close() {
            closed = true;
            over.countDown();
        }
    }

    /** Sends byte after byte, slowly, until it is told to end. */
    private static final class TricklingClient extends InputStream {
        private final byte[] content;
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile boolean over;
        private int position;

        TricklingClient(byte[] content) {
            this.content = content;
        }

        void awaitFirstByte() throws InterruptedException {
            begun.await();
        }

        void end() {
            over = true;
        }

        @Override
        public int read() throws IOException {
            if (over || position == content.length) {
                return -1;
            }
            begun.countDown();
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            return content[position++] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = read();
            if (read < 0) {
                return -1;
            }
            target[offset] = (byte) read;
            return 1;
        }
    }
}
