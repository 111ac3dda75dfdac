package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.FileSystemStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GarbageCollectorTest {
    private static final RepositoryName VMS = new RepositoryName("vms/debian");
    private static final RepositoryName OTHER = new RepositoryName("vms");
    private static final Digest HELLO = Digest.sha256("hello".getBytes(UTF_8));
    private static final Duration NO_GRACE = Duration.ZERO;

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

    @Test
    void what_a_manifest_names_stays() throws IOException {
        putHello(VMS);
        StoredManifest manifest = putManifestNamingHello(VMS);
        collectTimes(4);

        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
        assertThat(content.manifests().namedBy(VMS, manifest.digest())).containsExactly(HELLO);
    }

    @Test
    void what_nothing_names_is_set_aside_and_then_purged() throws IOException {
        putHello(VMS);
        collectTimes(4);

        assertThat(content.blobs().find(VMS, HELLO)).isEmpty();
        assertThat(store.head(StoreLayout.blob(HELLO))).isEmpty();
        assertThat(store.head(StoreLayout.blobAside(HELLO))).isEmpty();
    }

    @Test
    void the_report_says_what_was_freed() throws IOException {
        putHello(VMS);
        GarbageReport total = new GarbageReport(0, 0, 0, 0);
        for (int i = 0; i < 4; i++) {
            GarbageReport report = content.garbage().collect(NO_GRACE, false);
            total = new GarbageReport(
                    total.setAside() + report.setAside(),
                    total.broughtBack() + report.broughtBack(),
                    total.purged() + report.purged(),
                    total.freedBytes() + report.freedBytes());
        }
        assertThat(total).isEqualTo(new GarbageReport(1, 0, 1, 5));
    }

    @Test
    void what_is_young_stays() throws IOException {
        putHello(VMS);
        for (int i = 0; i < 4; i++) {
            content.garbage().collect(Duration.ofHours(1), false);
        }
        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
    }

    @Test
    void a_dry_run_tells_and_changes_nothing() throws IOException {
        StoredManifest orphan = orphanedManifest();
        assertThat(content.garbage().collect(NO_GRACE, true).setAside()).isEqualTo(1);
        assertThat(content.garbage().collect(NO_GRACE, true).setAside()).isEqualTo(1);

        assertThat(store.head(StoreLayout.blob(orphan.digest()))).isPresent();
    }

    @Test
    void what_was_set_aside_comes_back_when_it_is_asked_for() throws IOException {
        putHello(VMS);
        collectTimes(1);
        assertThat(content.blobs().find(VMS, HELLO)).map(Blob::size).contains(5L);

        collectTimes(1);
        assertThat(content.blobs().readAll(content.blobs().get(VMS, HELLO))).isEqualTo("hello".getBytes(UTF_8));
    }

    @Test
    void an_open_blob_is_read_to_its_end_though_it_is_purged() throws IOException {
        putHello(VMS);
        collectTimes(1);
        try (FileChannel open = content.blobs().openFile(HELLO).orElseThrow()) {
            collectTimes(4);
            assertThat(content.blobs().find(HELLO)).isEmpty();
            ByteBuffer read = ByteBuffer.allocate(5);
            open.read(read);
            assertThat(read.array()).isEqualTo("hello".getBytes(UTF_8));
        }
        assertThatThrownBy(() -> content.blobs().openFile(HELLO)).isInstanceOf(RegistryException.class);
    }

    @Test
    void a_manifest_brings_back_what_was_set_aside() throws IOException {
        putHello(VMS);
        collectTimes(1);
        putManifestNamingHello(VMS);
        collectTimes(4);

        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
    }

    @Test
    void a_manifest_that_comes_after_the_purge_is_refused_and_leaves_nothing() throws IOException {
        putHello(VMS);
        collectTimes(4);

        assertThatThrownBy(() -> putManifestNamingHello(VMS)).isInstanceOf(RegistryException.class);
        assertThat(store.list(StoreLayout.PENDING, Optional.empty(), 10)).isEmpty();
    }

    @Test
    void a_repository_loses_what_it_does_not_use_and_another_keeps_it() throws IOException {
        putHello(VMS);
        content.blobs().mount(VMS, OTHER, HELLO);
        putManifestNamingHello(OTHER);
        collectTimes(4);

        assertThat(content.blobs().find(VMS, HELLO)).isEmpty();
        assertThat(content.blobs().find(OTHER, HELLO)).isPresent();
    }

    @Test
    void what_a_deleted_manifest_alone_named_goes() throws IOException {
        putHello(VMS);
        StoredManifest manifest = putManifestNamingHello(VMS);
        content.manifests().delete(VMS, manifest.digest());
        collectTimes(4);

        assertThat(store.list(StoreLayout.BLOBS, Optional.empty(), 10)).isEmpty();
        assertThat(store.list(StoreLayout.BLOBS_ASIDE, Optional.empty(), 10)).isEmpty();
        assertThat(store.list(StoreLayout.REPOSITORIES, Optional.empty(), 10)).isEmpty();
    }

    private StoredManifest orphanedManifest() throws IOException {
        byte[] json = "{\"schemaVersion\":2}".getBytes(UTF_8);
        StoredManifest manifest = new StoredManifest(Digest.sha256(json), OF_NO_KNOWN_TYPE, json);
        content.manifests().put(VMS, manifest);
        content.manifests().delete(VMS, manifest.digest());
        return manifest;
    }

    private void collectTimes(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            content.garbage().collect(NO_GRACE, false);
        }
    }

    private void putHello(RepositoryName repository) throws IOException {
        content.blobs().put(repository, HELLO, ByteBuffer.wrap("hello".getBytes(UTF_8)));
    }

    private StoredManifest putManifestNamingHello(RepositoryName repository) throws IOException {
        byte[] json = """
                {"schemaVersion":2,"layers":[{"mediaType":"a/b","size":5,"digest":"%s"}]}""".formatted(HELLO).getBytes(UTF_8);
        StoredManifest manifest = new StoredManifest(Digest.sha256(json), OF_NO_KNOWN_TYPE, json);
        content.manifests().put(repository, manifest);
        return manifest;
    }
}
