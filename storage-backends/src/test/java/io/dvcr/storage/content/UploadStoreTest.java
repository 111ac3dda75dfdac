package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads over a real file system. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class UploadStoreTest {
    private static final RepositoryName VMS = new RepositoryName("vms/debian");
    private static final RepositoryName OTHER = new RepositoryName("other");
    private static final Digest HELLO = digest(Algorithm.SHA256, "hello");
    private static final long LIMIT = 1000;

    @TempDir
    private Path directory;

    private FileSystemStore files;
    private ObjectStore store;
    private ContentStore content;

    /** Keys of what was read, of uploads' bytes only. */
    private final List<String> readBack = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void open() throws IOException {
        files = FileSystemStore.open(directory);
        store = observed(files);
        restart();
    }

    @AfterEach
    void close() throws IOException {
        files.close();
    }

    /** As after a restart: no state but what is stored. */
    private void restart() {
        content = ContentStore.over(store, Clock.systemUTC());
    }

    /** The same store; says what is read of it. */
    private ObjectStore observed(ObjectStore target) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                    if (method.getName().equals("read")
                            && arguments[0].toString().endsWith("/data")) {
                        readBack.add(((ObjectKey) arguments[0]).value());
                    }
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void a_blob_is_invisible_until_it_is_committed() throws IOException {
        try (Upload upload = begin(Algorithm.SHA256)) {
            upload.append(stream("hello"), LIMIT);
            assertThat(content.blobs().find(VMS, HELLO)).isEmpty();

            upload.commit(HELLO);
            assertThat(content.blobs().find(VMS, HELLO)).map(Blob::size).contains(5L);
        }
        assertThat(objectsOfUploads()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void an_upload_goes_on_after_a_restart_where_it_stopped(Algorithm algorithm) throws IOException {
        UploadId id = begun(algorithm, "hel");
        restart();

        try (Upload upload = content.uploads().resume(VMS, id)) {
            assertThat(upload.offset()).isEqualTo(3);
            upload.append(stream("lo"), LIMIT);
        }
        assertThat(readBack).as("read back once, for the hash").hasSize(1);
        try (Upload upload = content.uploads().resume(VMS, id)) {
            upload.commit(digest(algorithm, "hello"));
        }
        assertThat(readBack).hasSize(1);
        assertThat(stored(digest(algorithm, "hello"))).isEqualTo("hello");
    }

    @Test
    void an_upload_keeps_what_came_before_its_connection_was_cut() throws IOException {
        UploadId id;
        try (Upload upload = begin(Algorithm.SHA256)) {
            id = upload.id();
            InputStream cut = new SequenceInputStream(stream("hel"), new CutStream());
            assertThatThrownBy(() -> upload.append(cut, LIMIT)).isInstanceOf(IOException.class);
            assertThat(upload.offset()).isEqualTo(3);
        }
        try (Upload upload = content.uploads().resume(VMS, id)) {
            upload.append(stream("lo"), LIMIT);
            assertThat(upload.commit(HELLO)).isEqualTo(new Blob(HELLO, 5));
        }
        assertThat(readBack).isEmpty();
    }

    @Test
    void an_upload_with_the_wrong_digest_stays_and_can_be_finished_with_the_right_one() throws IOException {
        try (Upload upload = begin(Algorithm.SHA256)) {
            upload.append(stream("hello"), LIMIT);
            assertFails(() -> upload.commit(Digest.sha256(new byte[0])), RegistryError.DigestMismatch.class);
            upload.commit(HELLO);
        }
        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
        assertThat(readBack).isEmpty();
    }

    @Test
    void an_upload_belongs_to_its_repository() throws IOException {
        UploadId id = begun(Algorithm.SHA256, "hello");
        assertFails(() -> content.uploads().resume(OTHER, id), RegistryError.UploadUnknown.class);
    }

    @Test
    void a_commit_that_a_crash_cut_off_is_finished_by_repeating_it() throws IOException {
        UploadId id = begun(Algorithm.SHA256, "hello");
        UploadSession session = new UploadSession(VMS, Instant.now(), Algorithm.SHA256, Optional.of(HELLO));
        store.put(StoreLayout.uploadSession(id), session.toJson());
        store.move(StoreLayout.uploadData(id), StoreLayout.blob(HELLO));
        restart();

        try (Upload upload = content.uploads().resume(VMS, id)) {
            assertThat(upload.offset()).isEqualTo(5);
            upload.commit(HELLO);
        }
        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
    }

    @Test
    void nothing_is_read_back_of_a_blob_whose_algorithm_was_known_before_its_first_byte() throws IOException {
        UploadId announced = begun(Algorithm.SHA512, "hel");
        try (Upload upload = content.uploads().resume(VMS, announced)) {
            upload.append(stream("lo"), LIMIT);
            upload.commit(digest(Algorithm.SHA512, "hello"));
        }
        try (Upload late = begin(Algorithm.SHA256)) {
            late.hashWith(Algorithm.SHA512);
            late.append(stream("late"), LIMIT);
            late.commit(digest(Algorithm.SHA512, "late"));
        }
        assertThat(stored(digest(Algorithm.SHA512, "hello"))).isEqualTo("hello");
        assertThat(stored(digest(Algorithm.SHA512, "late"))).isEqualTo("late");
        assertThat(readBack).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_blob_is_named_by_another_algorithm_than_was_announced_once_it_was_read_back(Algorithm announced)
            throws IOException {
        Algorithm other = announced == Algorithm.SHA256 ? Algorithm.SHA512 : Algorithm.SHA256;
        try (Upload upload = begin(announced)) {
            upload.append(stream("hello"), LIMIT);
            assertFails(() -> upload.commit(digest(other, "wrong")), RegistryError.DigestMismatch.class);
            upload.commit(digest(other, "hello"));
        }
        assertThat(readBack).hasSize(1);
        assertThat(stored(digest(other, "hello"))).isEqualTo("hello");
    }

    @Test
    void a_session_of_an_older_version_is_understood() throws IOException {
        UploadSession session = UploadSession.parse(
                "{\"repository\":\"vms/debian\",\"begun\":\"2026-01-01T00:00:00Z\"}".getBytes(UTF_8));
        assertThat(session)
                .isEqualTo(new UploadSession(
                        VMS, Instant.parse("2026-01-01T00:00:00Z"), Algorithm.SHA256, Optional.empty()));
    }

    @Test
    void a_blob_over_the_limit_is_refused() throws IOException {
        try (Upload upload = begin(Algorithm.SHA256)) {
            assertFails(() -> upload.append(stream("hello"), 4), RegistryError.TooLarge.class);
            assertFails(() -> upload.appendExactly(stream("hello"), 5, 4), RegistryError.TooLarge.class);
        }
    }

    @Test
    void of_a_chunk_that_is_longer_than_announced_the_announced_bytes_are_kept() throws IOException {
        try (Upload upload = begin(Algorithm.SHA256)) {
            assertFails(() -> upload.appendExactly(stream("hello, world"), 5, LIMIT), RegistryError.SizeInvalid.class);
            assertThat(upload.offset()).isEqualTo(5);
            upload.commit(HELLO);
        }
        assertThat(stored(HELLO)).isEqualTo("hello");
    }

    @Test
    void of_a_chunk_that_is_shorter_than_announced_all_is_kept() throws IOException {
        try (Upload upload = begin(Algorithm.SHA256)) {
            assertFails(() -> upload.appendExactly(stream("hel"), 5, LIMIT), RegistryError.SizeInvalid.class);
            upload.appendExactly(stream("lo"), 2, LIMIT);
            upload.commit(HELLO);
        }
        assertThat(stored(HELLO)).isEqualTo("hello");
    }

    @Test
    void asking_how_far_an_upload_is_does_not_hinder_its_writer() throws IOException {
        try (Upload upload = begin(Algorithm.SHA256)) {
            upload.append(stream("hello"), LIMIT);
            assertThat(content.uploads().offset(VMS, upload.id())).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello"})
    void an_upload_expires_when_nothing_came_for_long(String received) throws IOException {
        begun(Algorithm.SHA256, received);
        assertThat(content.uploads().removeExpired(Duration.ofDays(7))).isZero();

        Clock later = Clock.fixed(Instant.now().plus(Duration.ofDays(8)), ZoneOffset.UTC);
        assertThat(ContentStore.over(store, later).uploads().removeExpired(Duration.ofDays(7)))
                .isEqualTo(1);
        assertThat(objectsOfUploads()).isZero();
    }

    @Test
    void an_upload_does_not_expire_while_it_is_written() throws IOException {
        Clock later = Clock.fixed(Instant.now().plus(Duration.ofDays(8)), ZoneOffset.UTC);
        UploadStore uploads = ContentStore.over(store, later).uploads();
        try (Upload upload = uploads.begin(VMS, Algorithm.SHA256)) {
            upload.append(stream("hello"), LIMIT);
            assertThat(uploads.removeExpired(Duration.ofDays(7))).isZero();
            upload.commit(HELLO);
        }
        assertThat(stored(HELLO)).isEqualTo("hello");
    }

    private Upload begin(Algorithm algorithm) throws IOException {
        return content.uploads().begin(VMS, algorithm);
    }

    private UploadId begun(Algorithm algorithm, String firstBytes) throws IOException {
        try (Upload upload = begin(algorithm)) {
            upload.append(stream(firstBytes), LIMIT);
            return upload.id();
        }
    }

    private String stored(Digest digest) throws IOException {
        return new String(content.blobs().readAll(content.blobs().get(VMS, digest)), UTF_8);
    }

    private int objectsOfUploads() throws IOException {
        return store.list("uploads/", Optional.empty(), 100).size();
    }

    private static Digest digest(Algorithm algorithm, String text) {
        return Digest.of(algorithm, algorithm.newHash().digest(text.getBytes(UTF_8)));
    }

    private static void assertFails(ThrowingCallable call, Class<? extends RegistryError> error) {
        assertThatThrownBy(call)
                .asInstanceOf(InstanceOfAssertFactories.type(RegistryException.class))
                .extracting(RegistryException::error)
                .isInstanceOf(error);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    /** A connection that is cut. */
    private static final class CutStream extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("connection reset");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return read();
        }
    }
}
