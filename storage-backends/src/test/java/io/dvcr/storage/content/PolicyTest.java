package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractObjectAssert;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

/** A content store with rules over a real file system, and what there is to push to it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class PolicyTest {
    static final RepositoryName VMS = new RepositoryName("vms/debian");
    static final RepositoryName OTHER = new RepositoryName("other");
    static final Duration NO_GRACE = Duration.ZERO;
    private static final long LARGEST = 1 << 20;

    @TempDir
    private Path directory;

    FileSystemStore store;
    ContentStore content;

    abstract RepositoryPolicies policies();

    @BeforeEach
    void open() throws IOException {
        store = FileSystemStore.open(directory);
        content = ContentStore.over(store, this::policies, Clock.systemUTC());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    /** As another server with the same rules, or this one after a restart, over the same store. */
    ContentStore another() {
        return ContentStore.over(store, this::policies, Clock.systemUTC());
    }

    /** As this one will be after some time. */
    ContentStore after(Duration time) {
        return ContentStore.over(store, this::policies, Clock.offset(Clock.systemUTC(), time));
    }

    static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** As a client does. */
    static Digest upload(ContentStore content, RepositoryName repository, byte[] blob) throws IOException {
        Digest digest = Digest.sha256(blob);
        try (Upload upload = content.uploads().begin(repository, Algorithm.SHA256)) {
            upload.append(stream(blob), LARGEST);
            upload.commit(digest);
        }
        return digest;
    }

    Digest upload(byte[] blob) throws IOException {
        return upload(content, VMS, blob);
    }

    static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    Digest image(String note, List<Digest> layers, String... tags) throws IOException {
        return put(
                Manifest.OCI_MANIFEST,
                """
                {"schemaVersion":2,"config":%s,"layers":[%s],"annotations":{"note":"%s"}}""".formatted(
                                descriptor("a/config", layers.getFirst()),
                                layers.stream()
                                        .map(layer -> descriptor("a/layer", layer))
                                        .collect(Collectors.joining(",")),
                                note),
                tags);
    }

    Digest index(String note, List<Digest> children, String... tags) throws IOException {
        return put(
                Manifest.OCI_INDEX,
                """
                {"schemaVersion":2,"manifests":[%s],"annotations":{"note":"%s"}}""".formatted(
                                children.stream()
                                        .map(child -> descriptor(Manifest.OCI_MANIFEST, child))
                                        .collect(Collectors.joining(",")),
                                note),
                tags);
    }

    /** A manifest without content. */
    Digest plain(String note, String... tags) throws IOException {
        return index(note, List.of(), tags);
    }

    Digest referrer(String note, Digest subject, String... tags) throws IOException {
        return put(Manifest.OCI_INDEX, """
                {"schemaVersion":2,"manifests":[],"subject":%s,"annotations":{"note":"%s"}}""".formatted(descriptor(Manifest.OCI_INDEX, subject), note), tags);
    }

    private static String descriptor(String type, Digest digest) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}".formatted(type, digest);
    }

    private Digest put(String mediaType, String json, String... tags) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        StoredManifest manifest = new StoredManifest(Digest.sha256(bytes), mediaType, bytes);
        content.manifests().put(VMS, manifest, Stream.of(tags).map(Tag::new).toList());
        return manifest.digest();
    }

    List<String> keys(String prefix) throws IOException {
        return store.list(prefix, Optional.empty(), 1000).stream()
                .map(ObjectInfo::key)
                .map(Object::toString)
                .toList();
    }

    static <T extends RegistryError> AbstractObjectAssert<?, T> assertRefused(ThrowingCallable call, Class<T> error) {
        return assertThatThrownBy(call)
                .asInstanceOf(InstanceOfAssertFactories.type(RegistryException.class))
                .extracting(RegistryException::error)
                .asInstanceOf(InstanceOfAssertFactories.type(error));
    }

    static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes);
    }
}
