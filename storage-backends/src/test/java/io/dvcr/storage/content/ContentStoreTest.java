package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Blobs, manifests, tags, referrers and uploads over a real file system. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ContentStoreTest {
    private static final RepositoryName VMS = new RepositoryName("vms/debian");
    private static final RepositoryName OTHER = new RepositoryName("other");
    private static final Digest HELLO = Digest.sha256("hello".getBytes(UTF_8));
    private static final long LIMIT = 1000;

    /** Of which nothing is required but to be JSON. */
    private static final String OF_NO_KNOWN_TYPE = "application/vnd.example.manifest.v1+json";

    @TempDir
    private Path directory;

    private FileSystemStore store;
    private ContentStore content;

    @BeforeEach
    void open() throws IOException {
        store = FileSystemStore.open(directory);
        content = ContentStore.over(store, Clock.systemUTC());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    /** As after a restart: no state but what is stored. */
    private void restart() {
        content = ContentStore.over(store, Clock.systemUTC());
    }

    @Test
    void a_blob_is_invisible_until_it_is_committed() throws IOException {
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            upload.append(stream("hello"), LIMIT);
            assertThat(content.blobs().find(VMS, HELLO)).isEmpty();

            upload.commit(HELLO);
            assertThat(content.blobs().find(VMS, HELLO)).map(Blob::size).contains(5L);
        }
        assertThat(objectsUnder("uploads/")).isZero();
    }

    @Test
    void an_upload_goes_on_after_a_restart_where_it_stopped() throws IOException {
        UploadId id = begin("hel");
        restart();

        try (Upload upload = content.uploads().resume(VMS, id)) {
            assertThat(upload.offset()).isEqualTo(3);
            upload.append(stream("lo"), LIMIT);
            upload.commit(HELLO);
        }
        assertThat(content.blobs().readAll(content.blobs().get(VMS, HELLO))).isEqualTo("hello".getBytes(UTF_8));
    }

    @Test
    void an_upload_keeps_what_came_before_its_connection_was_cut() throws IOException {
        UploadId id;
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            id = upload.id();
            InputStream cut = new SequenceInputStream(stream("hel"), new CutStream());
            assertThatThrownBy(() -> upload.append(cut, LIMIT)).isInstanceOf(IOException.class);
            assertThat(upload.offset()).isEqualTo(3);
        }
        try (Upload upload = content.uploads().resume(VMS, id)) {
            upload.append(stream("lo"), LIMIT);
            assertThat(upload.commit(HELLO)).isEqualTo(new Blob(HELLO, 5));
        }
    }

    @Test
    void an_upload_with_the_wrong_digest_stays_and_can_be_finished_with_the_right_one() throws IOException {
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            upload.append(stream("hello"), LIMIT);
            assertFails(() -> upload.commit(Digest.sha256(new byte[0])), RegistryError.DigestMismatch.class);
            upload.commit(HELLO);
        }
        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
    }

    @Test
    void an_upload_has_one_writer_at_a_time() throws IOException {
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            assertFails(() -> content.uploads().resume(VMS, upload.id()), RegistryError.UploadBusy.class);
        }
    }

    @Test
    void an_upload_belongs_to_its_repository() throws IOException {
        UploadId id = begin("hello");
        assertFails(() -> content.uploads().resume(OTHER, id), RegistryError.UploadUnknown.class);
    }

    @Test
    void a_commit_that_a_crash_cut_off_is_finished_by_repeating_it() throws IOException {
        UploadId id = begin("hello");
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
    void an_upload_is_known_under_sha512_when_that_is_asked() throws IOException {
        Digest digest = Digest.of(Algorithm.SHA512, Algorithm.SHA512.newHash().digest("hello".getBytes(UTF_8)));
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            upload.append(stream("hello"), LIMIT);
            upload.commit(digest);
        }
        assertThat(content.blobs().find(VMS, digest)).isPresent();
    }

    @Test
    void a_blob_over_the_limit_is_refused() throws IOException {
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            assertFails(() -> upload.append(stream("hello"), 4), RegistryError.TooLarge.class);
        }
    }

    @Test
    void an_upload_expires_when_nothing_came_for_long() throws IOException {
        begin("hello");
        assertThat(content.uploads().removeExpired(Duration.ofDays(7))).isZero();

        Clock later = Clock.fixed(Instant.now().plus(Duration.ofDays(8)), ZoneOffset.UTC);
        assertThat(ContentStore.over(store, later).uploads().removeExpired(Duration.ofDays(7)))
                .isEqualTo(1);
        assertThat(objectsUnder("uploads/")).isZero();
    }

    @Test
    void a_blob_is_seen_only_in_repositories_that_have_it() throws IOException {
        content.blobs().put(VMS, HELLO, bytes("hello"));
        assertThat(content.blobs().find(OTHER, HELLO)).isEmpty();
        assertThat(content.blobs().mount(OTHER, VMS, HELLO)).isFalse();

        assertThat(content.blobs().mount(VMS, OTHER, HELLO)).isTrue();
        content.blobs().delete(VMS, HELLO);
        assertThat(content.blobs().find(VMS, HELLO)).isEmpty();
        assertThat(content.blobs().find(OTHER, HELLO)).isPresent();
    }

    @Test
    void a_manifest_keeps_its_bytes_and_its_media_type() throws IOException {
        StoredManifest manifest = putManifest("{ \"schemaVersion\":2,\n \"unknown\": {} }");
        content.tags().put(VMS, new Tag("12"), manifest.digest());

        StoredManifest found = content.manifests().get(VMS, Reference.parse("12"));
        assertThat(found.content()).isEqualTo(manifest.content());
        assertThat(found.mediaType()).isEqualTo(OF_NO_KNOWN_TYPE);
        assertThat(content.catalog().list(Optional.empty(), 10)).containsExactly(VMS);
    }

    @Test
    void a_manifest_that_names_a_missing_blob_is_refused() {
        assertFails(() -> putManifest("""
                        {"schemaVersion":2,"layers":[{"mediaType":"a/b","size":5,"digest":"%s"}]}""".formatted(HELLO)), RegistryError.ManifestBlobUnknown.class);
    }

    @Test
    void a_malformed_manifest_is_refused_with_the_place_of_the_fault() {
        assertThatThrownBy(() -> putManifest("{\"schemaVersion\":2,\"layers\":[{\"mediaType\":\"a/b\"}]}"))
                .hasMessageContaining("layers[0].size");
        assertThatThrownBy(() -> putManifest("{\"schemaVersion\":2,\"layers\":".repeat(200)))
                .hasMessageContaining("not well-formed JSON");
    }

    @ParameterizedTest
    @CsvSource({
        "application/vnd.oci.image.manifest.v1+json, '{\"schemaVersion\":2}', config",
        "application/vnd.oci.image.manifest.v1+json, '{\"schemaVersion\":2,\"config\":{}}', layers",
        "application/vnd.oci.image.index.v1+json, '{\"schemaVersion\":2}', manifests",
        "application/vnd.docker.distribution.manifest.list.v2+json, '{\"schemaVersion\":2}', manifests",
    })
    void a_manifest_without_a_required_field_is_refused(String mediaType, String json, String field) {
        assertThatThrownBy(() -> Manifest.parse(mediaType, json.getBytes(UTF_8)))
                .hasMessageContaining(field + " is missing");
    }

    @Test
    void asking_how_far_an_upload_is_does_not_hinder_its_writer() throws IOException {
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            upload.append(stream("hello"), LIMIT);
            assertThat(content.uploads().offset(VMS, upload.id())).isEqualTo(5);
        }
    }

    @Test
    void a_deleted_manifest_takes_its_tags_and_its_place_among_the_referrers_with_it() throws IOException {
        StoredManifest subject = putManifest("{\"schemaVersion\":2}");
        StoredManifest referrer = putManifest("""
                {"schemaVersion":2,"artifactType":"a/sbom","annotations":{"k":"v"},
                 "subject":{"mediaType":"%s","size":19,"digest":"%s"}}""".formatted(Manifest.OCI_MANIFEST, subject.digest()));
        content.tags().put(VMS, new Tag("sbom"), referrer.digest());
        assertThat(referrersOf(subject))
                .singleElement()
                .satisfies(descriptor ->
                        assertThat(descriptor.path("artifactType").asText()).isEqualTo("a/sbom"));

        content.manifests().delete(VMS, referrer.digest());
        assertThat(referrersOf(subject)).isEmpty();
        assertThat(content.tags().list(VMS, Optional.empty(), 10)).isEmpty();
        assertThat(content.catalog().contains(VMS)).isTrue();

        content.manifests().delete(VMS, subject.digest());
        assertThat(content.catalog().contains(VMS)).isFalse();
    }

    private List<JsonNode> referrersOf(StoredManifest subject) throws IOException {
        return content.referrers()
                .list(VMS, subject.digest(), Optional.empty(), Optional.empty(), 10)
                .descriptors();
    }

    private UploadId begin(String firstBytes) throws IOException {
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            upload.append(stream(firstBytes), LIMIT);
            return upload.id();
        }
    }

    private StoredManifest putManifest(String json) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        StoredManifest manifest = new StoredManifest(Digest.sha256(bytes), OF_NO_KNOWN_TYPE, bytes);
        content.manifests().put(VMS, manifest);
        return manifest;
    }

    private long objectsUnder(String prefix) throws IOException {
        ObjectStore objects = store;
        return objects.list(prefix, Optional.empty(), 100).stream()
                .map(ObjectInfo::key)
                .count();
    }

    private static void assertFails(ThrowingCallable call, Class<? extends RegistryError> error) {
        assertThatThrownBy(call)
                .asInstanceOf(InstanceOfAssertFactories.type(RegistryException.class))
                .extracting(RegistryException::error)
                .isInstanceOf(error);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
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
