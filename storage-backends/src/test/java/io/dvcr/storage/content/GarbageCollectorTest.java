package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ObjectInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GarbageCollectorTest extends ContentTest {
    private static final RepositoryName OTHER = new RepositoryName("vms");
    private static final Digest HELLO = Digest.sha256("hello".getBytes(UTF_8));
    private static final Duration NO_GRACE = Duration.ZERO;

    private static final StoredManifest MANIFEST_NAMING_HELLO = manifest("""
            {"schemaVersion":2,"layers":[{"mediaType":"a/b","size":5,"digest":"%s"}]}""".formatted(HELLO));

    @Test
    void what_a_manifest_names_stays() throws IOException {
        putHello(VMS);
        StoredManifest manifest = putManifestNamingHello(VMS);
        collectTimes(4);

        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
        assertThat(needs().namedBy(VMS, manifest.digest())).contains(Set.of(HELLO));
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
        collectTimes(4);

        assertThat(content.garbage().total()).isEqualTo(new GarbageReport(1, 0, 1, 5, 0, 0, 0));
    }

    @Test
    void the_report_says_what_is_left_for_later() throws IOException {
        putHello(VMS);
        putManifestNamingHello(VMS);
        assertThat(content.garbage().collect(NO_GRACE, true)).isEqualTo(GarbageReport.NOTHING);

        content.removals().delete(VMS, MANIFEST_NAMING_HELLO.digest());
        long manifestBytes = MANIFEST_NAMING_HELLO.content().length;
        assertThat(content.garbage().collect(NO_GRACE, true))
                .isEqualTo(new GarbageReport(1, 0, 0, 0, 2, 5 + manifestBytes, 0));
        content.garbage().collect(NO_GRACE, false);
        content.garbage().collect(NO_GRACE, false);
        assertThat(content.garbage().collect(NO_GRACE, true)).isEqualTo(new GarbageReport(0, 0, 1, 5, 0, 0, 0));
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
        StoredManifest orphan = orphanedManifest(VMS);
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
        assertThatThrownBy(() -> content.blobs().openFile(HELLO)).isInstanceOf(NoSuchFileException.class);
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
        content.removals().delete(VMS, manifest.digest());
        collectTimes(4);

        assertThat(allObjects()).isEmpty();
    }

    @Test
    void what_a_manifest_of_an_unknown_type_names_anywhere_stays() throws IOException {
        putHello(VMS);
        put(VMS, manifest("""
                {"schemaVersion":2,"parts":[{"deep":{"digest":"%s"}}]}""".formatted(HELLO)));
        collectTimes(4);

        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
    }

    @Test
    void a_foreign_layer_that_was_pushed_all_the_same_stays() throws IOException {
        putHello(VMS);
        put(VMS, manifest("""
                {"schemaVersion":2,"layers":[{"mediaType":"a/b","size":5,"digest":"%s","urls":["http://x/"]}]}""".formatted(HELLO)));
        collectTimes(4);

        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
    }

    @Test
    void a_repository_with_a_lost_manifest_keeps_what_it_has_and_others_are_collected() throws IOException {
        putHello(VMS);
        putManifestNamingHello(VMS);
        orphanedManifest(OTHER);
        store.delete(StoreLayout.blob(MANIFEST_NAMING_HELLO.digest()));
        collectTimes(4);

        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
        assertThat(content.garbage().total().purged()).isEqualTo(1);
        assertThat(content.garbage().total().unreadableManifests()).isEqualTo(1);
    }

    @Test
    void a_damaged_manifest_is_not_believed() throws IOException {
        putHello(VMS);
        putManifestNamingHello(VMS);
        store.put(
                StoreLayout.blob(MANIFEST_NAMING_HELLO.digest()),
                ByteBuffer.wrap("{\"schemaVersion\":2}".getBytes(UTF_8)));
        collectTimes(4);

        assertThat(content.blobs().find(VMS, HELLO)).isPresent();
    }

    @Test
    void a_lost_manifest_is_unknown_and_can_be_deleted_or_pushed_again() throws IOException {
        putHello(VMS);
        putManifestNamingHello(VMS);
        Reference reference = new Reference.ByDigest(MANIFEST_NAMING_HELLO.digest());
        store.delete(StoreLayout.blob(MANIFEST_NAMING_HELLO.digest()));
        assertThat(content.manifests().find(VMS, reference)).isEmpty();

        putManifestNamingHello(VMS);
        assertThat(content.manifests().find(VMS, reference)).isPresent();

        store.delete(StoreLayout.blob(MANIFEST_NAMING_HELLO.digest()));
        content.removals().delete(VMS, MANIFEST_NAMING_HELLO.digest());
        collectTimes(4);
        assertThat(store.list(StoreLayout.REPOSITORIES, Optional.empty(), 10)).isEmpty();
    }

    @Test
    void an_upload_that_was_cut_off_before_its_end_was_acknowledged_keeps_its_bytes() throws IOException {
        UploadId upload = UploadId.random();
        UploadSession session = new UploadSession(VMS, Instant.EPOCH, Algorithm.SHA256, Optional.of(HELLO));
        store.put(StoreLayout.uploadSession(upload), session.toJson());
        content.blobs().put(HELLO, ByteBuffer.wrap("hello".getBytes(UTF_8)));
        collectTimes(4);

        try (Upload resumed = content.uploads().resume(VMS, upload)) {
            assertThat(resumed.commit(HELLO).size()).isEqualTo(5);
        }
    }

    @Test
    void what_a_push_that_was_cut_off_has_left_goes() throws IOException {
        StoredManifest manifest = manifest("""
                {"schemaVersion":2,"subject":{"mediaType":"a/b","size":5,"digest":"%s"}}""".formatted(HELLO));
        store.put(StoreLayout.pending("of-a-dead-server", UUID.randomUUID()), ByteBuffer.wrap(manifest.content()));
        content.blobs().put(manifest.digest(), ByteBuffer.wrap(manifest.content()));
        content.catalog().add(VMS);
        content.referrers().add(VMS, manifest, manifest.parsed());
        collectTimes(4);
        assertThat(allObjects()).isEmpty();
    }

    private List<ObjectInfo> allObjects() throws IOException {
        List<ObjectInfo> all = new ArrayList<>();
        for (String prefix : List.of(
                StoreLayout.BLOBS,
                StoreLayout.BLOBS_ASIDE,
                StoreLayout.REPOSITORIES,
                StoreLayout.CATALOG,
                StoreLayout.PENDING)) {
            all.addAll(store.list(prefix, Optional.empty(), 10));
        }
        return all;
    }

    private StoredManifest orphanedManifest(RepositoryName repository) throws IOException {
        StoredManifest manifest = manifest("{\"schemaVersion\":2}");
        put(repository, manifest);
        content.removals().delete(repository, manifest.digest());
        return manifest;
    }

    private static StoredManifest manifest(String json) {
        byte[] content = json.getBytes(UTF_8);
        return new StoredManifest(Digest.sha256(content), OF_NO_KNOWN_TYPE, content);
    }

    private void put(RepositoryName repository, StoredManifest manifest) throws IOException {
        content.manifests().put(repository, manifest);
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
        put(repository, MANIFEST_NAMING_HELLO);
        return MANIFEST_NAMING_HELLO;
    }
}
