package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.Mortal;
import io.dvcr.e2e.fixture.OciLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * One of many who push, mount, tag, delete and pull at random. Its manifests are unlike all others', so only it deletes
 * them; most of their blobs are those of others as well. What it was told is stored it finds whole at every later
 * moment, however often the server has died.
 */
final class StressClient implements Callable<StressClient> {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final List<String> REPOSITORIES = List.of("stress/a", "stress/b", "stress/c/d");
    private static final int SHARED_BLOBS = 10;
    private static final int MAX_BLOB_BYTES = 100_000;
    private static final int ATTEMPTS = 5;
    private static final int MOST_ARTIFACTS = 12;

    private final Mortal server;
    private final BlobPusher blobs;
    private final Random random;
    private final String name;
    private final AtomicBoolean stop;
    private final AtomicInteger stored;
    private final ConcurrentMap<String, StoredArtifact> everybodys;
    private final Map<String, StoredArtifact> own = new HashMap<>();
    private int made;
    private int refused;

    /**
     * @param stored counts what all clients have stored
     * @param everybodys what all clients have stored and not deleted; shared by them
     */
    StressClient(
            Mortal server,
            String name,
            Random random,
            AtomicBoolean stop,
            AtomicInteger stored,
            ConcurrentMap<String, StoredArtifact> everybodys) {
        this.server = server;
        this.blobs = new BlobPusher(server, random, REPOSITORIES);
        this.random = random;
        this.name = name;
        this.stop = stop;
        this.stored = stored;
        this.everybodys = everybodys;
    }

    int refused() {
        return refused;
    }

    @Override
    public StressClient call() throws Exception {
        while (!stop.get()) {
            int choice = own.size() >= MOST_ARTIFACTS ? 9 : random.nextInt(10);
            switch (choice) {
                case 0, 1, 2 -> store(image(repository()));
                case 3 -> store(index(repository()));
                case 4 -> blobs.comeAndGo(repository());
                case 5 -> blobs.leaveBehind(repository());
                case 6 -> tagAndUntag();
                case 7 -> pull(any(own.values()));
                case 8 -> pull(any(everybodys.values()));
                default -> delete(any(deletable()));
            }
        }
        return this;
    }

    private String repository() {
        return REPOSITORIES.get(random.nextInt(REPOSITORIES.size()));
    }

    private <T> Optional<T> any(Collection<T> all) {
        List<T> listed = new ArrayList<>(all);
        return listed.isEmpty() ? Optional.empty() : Optional.of(listed.get(random.nextInt(listed.size())));
    }

    /** An image of a few layers; some have another of the client's for their subject. */
    private StoredArtifact image(String repository) {
        byte[] config = ("{\"made\":\"" + unique() + "\"}").getBytes(UTF_8);
        Map<String, byte[]> contents = new HashMap<>();
        List<String> layers = new ArrayList<>();
        for (int layer = random.nextInt(1, 4); layer > 0; layer--) {
            byte[] content = layer();
            String digest = random.nextInt(8) == 0 ? Bytes.sha512Digest(content) : Bytes.digest(content);
            contents.put(digest, content);
            layers.add(descriptor("application/octet-stream", digest, content.length));
        }
        contents.put(Bytes.digest(config), config);
        Optional<StoredArtifact> subject = random.nextInt(3) == 0 ? any(own.values()) : Optional.empty();
        String json = "{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                + OciLayout.descriptor("application/vnd.oci.image.config.v1+json", config) + ",\"layers\":["
                + String.join(",", layers) + "]"
                + subject.map(to -> ",\"subject\":" + OciLayout.descriptor(to.mediaType(), to.manifest()))
                        .orElse("")
                + "}";
        return artifact(repository, MANIFEST, json, contents, Set.of());
    }

    private String unique() {
        made++;
        return name + " " + made;
    }

    private byte[] layer() {
        long seed = random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(SHARED_BLOBS);
        Random content = new Random(seed);
        return Bytes.random(content, content.nextInt(1, MAX_BLOB_BYTES));
    }

    private static String descriptor(String mediaType, String digest, long size) {
        return "{\"mediaType\":\"" + mediaType + "\",\"digest\":\"" + digest + "\",\"size\":" + size + "}";
    }

    /** An index of what the client has in the repository. */
    private StoredArtifact index(String repository) {
        List<StoredArtifact> children = own.values().stream()
                .filter(artifact -> artifact.repository().equals(repository))
                .limit(3)
                .toList();
        String json = "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"annotations\":{\"made\":\"" + unique()
                + "\"},\"manifests\":["
                + children.stream()
                        .map(child -> OciLayout.descriptor(child.mediaType(), child.manifest()))
                        .collect(Collectors.joining(","))
                + "]}";
        Set<String> digests = children.stream().map(StoredArtifact::digest).collect(Collectors.toSet());
        return artifact(repository, INDEX, json, Map.of(), digests);
    }

    private static StoredArtifact artifact(
            String repository, String mediaType, String json, Map<String, byte[]> contents, Set<String> children) {
        byte[] manifest = json.getBytes(UTF_8);
        return new StoredArtifact(repository, Bytes.digest(manifest), mediaType, manifest, contents, children);
    }

    /** Pushes it as often as its blobs are collected before their manifest is there, but not for ever. */
    private void store(StoredArtifact artifact) throws Exception {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            for (byte[] content : artifact.blobs().values()) {
                blobs.push(artifact.repository(), content, digestIn(artifact, content));
            }
            if (putManifest(artifact)) {
                stored.incrementAndGet();
                own.put(artifact.digest(), artifact);
                everybodys.put(artifact.digest(), artifact);
                pull(Optional.of(artifact));
                return;
            }
        }
    }

    private static String digestIn(StoredArtifact artifact, byte[] content) {
        String sha512 = Bytes.sha512Digest(content);
        return artifact.blobs().containsKey(sha512) ? sha512 : Bytes.digest(content);
    }

    /** Returns whether the manifest is stored; after a death of the server that is to be seen. */
    private boolean putManifest(StoredArtifact artifact) throws Exception {
        String reference = random.nextBoolean() ? artifact.digest() : name + "-" + random.nextInt(5);
        Optional<Answer> answer = server.ask(http -> http.put(
                "/v2/" + artifact.repository() + "/manifests/" + reference,
                artifact.manifest(),
                "Content-Type",
                artifact.mediaType()));
        if (answer.isEmpty()) {
            return server.insist(http -> http.get(artifact.path())).status() == 200;
        }
        if (answer.get().status() != 201) {
            assertThat(answer.get().errorCode()).as(answer.toString()).isEqualTo("MANIFEST_BLOB_UNKNOWN");
            refused++;
            return false;
        }
        return true;
    }

    private void tagAndUntag() throws Exception {
        Optional<StoredArtifact> artifact = any(own.values());
        if (artifact.isPresent()) {
            String tag = "/v2/" + artifact.get().repository() + "/manifests/" + name + "-t";
            server.insist(http -> http.put(
                    tag,
                    artifact.get().manifest(),
                    "Content-Type",
                    artifact.get().mediaType()));
            assertThat(server.insist(http -> http.get(tag)).status()).isEqualTo(200);
            assertThat(server.insist(http -> http.delete(tag)).status())
                    .isIn(202, 404); // the latter at a second attempt
            assertThat(server.insist(http -> http.get(tag)).status()).isEqualTo(404);
        }
    }

    /** Finds an artifact whole, or, if it is another's, not at all. */
    private void pull(Optional<StoredArtifact> picked) throws Exception {
        if (picked.isEmpty()) {
            return;
        }
        StoredArtifact artifact = picked.get();
        Optional<String> lacking = lacking(artifact);
        boolean isDeleted = server.insist(http -> http.get(artifact.path())).status() == 404;
        if (lacking.isPresent() && (own.containsKey(artifact.digest()) || !isDeleted)) {
            throw new AssertionError(
                    lacking.get() + " is missing, which " + artifact.path() + " names, pulled by " + name);
        }
    }

    private Optional<String> lacking(StoredArtifact artifact) throws Exception {
        if (!holds(artifact.path(), artifact.manifest())) {
            return Optional.of(artifact.digest());
        }
        for (Map.Entry<String, byte[]> blob : artifact.blobs().entrySet()) {
            if (!holds(artifact.blobPath(blob.getKey()), blob.getValue())) {
                return Optional.of(blob.getKey());
            }
        }
        return Optional.empty();
    }

    private boolean holds(String path, byte[] expected) throws Exception {
        Answer answer = server.insist(http -> http.get(path));
        if (answer.status() == 200) {
            Bytes.assertSame(path, answer.body(), expected);
        }
        return answer.status() == 200;
    }

    private List<StoredArtifact> deletable() {
        return own.values().stream()
                .filter(artifact -> own.values().stream()
                        .noneMatch(index -> index.children().contains(artifact.digest())))
                .toList();
    }

    private void delete(Optional<StoredArtifact> picked) throws Exception {
        if (picked.isPresent()) {
            StoredArtifact artifact = picked.get();
            own.remove(artifact.digest());
            everybodys.remove(artifact.digest());
            assertThat(server.insist(http -> http.delete(artifact.path())).status())
                    .isIn(202, 404); // the latter at a second attempt
            assertThat(server.insist(http -> http.get(artifact.path())).status())
                    .isEqualTo(404);
        }
    }

    /** Looks once more at all it has, and deletes it. */
    void finish() throws Exception {
        for (StoredArtifact artifact : own.values()) {
            pull(Optional.of(artifact));
        }
        while (!own.isEmpty()) {
            delete(any(deletable()));
        }
    }
}
