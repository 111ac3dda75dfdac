package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blobs, manifests, tags and referrers over a real file system. */
class ContentStoreTest extends ContentTest {
    private static final RepositoryName OTHER = new RepositoryName("other");
    private static final Digest HELLO = Digest.sha256("hello".getBytes(UTF_8));

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
    void a_blob_is_mounted_from_whatever_repository_has_it_and_may_be_read() throws IOException {
        content.blobs().put(VMS, HELLO, bytes("hello"));
        assertThat(content.blobs().mountFromAny(_ -> false, OTHER, HELLO)).isFalse();
        assertThat(content.blobs().mountFromAny(VMS::equals, OTHER, Digest.sha256(new byte[0])))
                .isFalse();
        assertThat(content.blobs().find(OTHER, HELLO)).isEmpty();

        assertThat(content.blobs().mountFromAny(VMS::equals, OTHER, HELLO)).isTrue();
        assertThat(content.blobs().find(OTHER, HELLO)).isPresent();
    }

    @Test
    void after_a_restart_a_blob_is_mounted_from_a_repository_of_the_catalogue() throws IOException {
        content.blobs().put(VMS, HELLO, bytes("hello"));
        putManifest("{\"schemaVersion\":2}");
        content = ContentStore.over(store, Clock.systemUTC());

        assertThat(content.blobs().mountFromAny(_ -> true, OTHER, HELLO)).isTrue();
        content.blobs().delete(VMS, HELLO);
        content.blobs().delete(OTHER, HELLO);
        assertThat(content.blobs().mountFromAny(_ -> true, OTHER, HELLO)).isFalse();
    }

    @Test
    void referrers_are_listed_page_by_page() throws IOException {
        StoredManifest subject = putManifest("{\"schemaVersion\":2}");
        Set<Digest> expected = new HashSet<>();
        for (int i = 0; i < 7; i++) {
            expected.add(refer(subject, "a/sbom", "x".repeat(i)).digest());
            refer(subject, "a/signature", "x".repeat(i));
        }
        assertThat(pages(subject, Optional.of("a/sbom"), 3)).containsExactly(3, 3, 1);
        assertThat(pages(subject, Optional.empty(), 100)).containsExactly(14);
        assertThat(pages(subject, Optional.of("a/other"), 3)).containsExactly(0);
        assertThat(referrersOf(subject))
                .map(descriptor -> Digest.parse(descriptor.path("digest").asText()))
                .containsAll(expected);
    }

    @Test
    void a_page_of_referrers_is_no_larger_than_a_manifest() throws IOException {
        StoredManifest subject = putManifest("{\"schemaVersion\":2}");
        for (int i = 0; i < 3; i++) {
            refer(subject, "a/sbom", "x".repeat(2_500_000 + i));
        }
        assertThat(pages(subject, Optional.empty(), 100)).containsExactly(1, 1, 1);
    }

    /** How many referrers each page has. */
    private List<Integer> pages(StoredManifest subject, Optional<String> artifactType, int limit) throws IOException {
        List<Integer> sizes = new ArrayList<>();
        Set<JsonNode> seen = new HashSet<>();
        Optional<Digest> after = Optional.empty();
        do {
            ReferrerPage page = content.referrers().list(VMS, subject.digest(), artifactType, after, limit);
            assertThat(page.descriptors()).noneMatch(seen::contains);
            seen.addAll(page.descriptors());
            sizes.add(page.descriptors().size());
            after = page.last();
        } while (after.isPresent());
        return sizes;
    }

    private StoredManifest refer(StoredManifest subject, String artifactType, String note) throws IOException {
        return putManifest("""
                {"artifactType":"%s","annotations":{"note":"%s"},
                 "subject":{"mediaType":"a/b","size":19,"digest":"%s"}}""".formatted(artifactType, note, subject.digest()));
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
    void of_a_manifest_of_unknown_type_nothing_is_required_but_that_what_it_names_is_there() throws IOException {
        putManifest("{}");
        assertFails(() -> putManifest("""
                        {"blobs":[{"mediaType":"a/b","size":5,"digest":"%s"}]}""".formatted(HELLO)), RegistryError.ManifestBlobUnknown.class);
        content.blobs().put(VMS, HELLO, bytes("hello"));
        StoredManifest named = putManifest("""
                {"blobs":[{"mediaType":"a/b","size":5,"digest":"%s"}]}""".formatted(HELLO));
        assertThat(needs().namedBy(VMS, named.digest())).contains(Set.of(HELLO));
    }

    @Test
    void a_manifest_may_hold_a_long_text() throws IOException {
        StoredManifest manifest = putManifest("{\"data\":\"%s\"}".formatted("x".repeat(3_000_000)));
        assertThat(content.manifests()
                        .get(VMS, new Reference.ByDigest(manifest.digest()))
                        .content())
                .isEqualTo(manifest.content());
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

        content.removals().delete(VMS, referrer.digest());
        assertThat(referrersOf(subject)).isEmpty();
        assertThat(content.tags().list(VMS, Optional.empty(), 10)).isEmpty();
        assertThat(content.catalog().contains(VMS)).isTrue();

        content.removals().delete(VMS, subject.digest());
        assertThat(content.catalog().contains(VMS)).isFalse();
    }

    private List<JsonNode> referrersOf(StoredManifest subject) throws IOException {
        return content.referrers()
                .list(VMS, subject.digest(), Optional.empty(), Optional.empty(), 100)
                .descriptors();
    }

    private StoredManifest putManifest(String json) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        StoredManifest manifest = new StoredManifest(Digest.sha256(bytes), OF_NO_KNOWN_TYPE, bytes);
        content.manifests().put(VMS, manifest);
        return manifest;
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
}
