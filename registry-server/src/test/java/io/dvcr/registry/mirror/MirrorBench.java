package io.dvcr.registry.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.mirror.MirrorSettings;
import io.dvcr.importers.mirror.MirroredRegistry;
import io.dvcr.importers.mirror.PinRule;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A registry, a proxy before it, and another registry that mirrors it below {@code hub}. */
final class MirrorBench implements Closeable {
    static final String REMOTE = "team/app";
    static final String LOCAL = "hub/team/app";

    private final TestServer origin;
    private final UpstreamProxy proxy;
    private final TestServer edge;

    MirrorBench(Path directory, Duration tagLifetime) throws IOException {
        this(directory, tagLifetime, 1L << 40, List.of());
    }

    MirrorBench(Path directory, Duration tagLifetime, long maxBytes, List<PinRule> pinned) throws IOException {
        origin = TestServer.start(directory.resolve("origin"), TestServer.Setup.PLAIN);
        proxy = new UpstreamProxy(origin.url("/"));
        MirroredRegistry registry =
                new MirroredRegistry(new RepositoryName("hub"), proxy.host(), Optional.empty(), tagLifetime);
        edge = TestServer.start(
                directory.resolve("edge"),
                TestServer.Setup.PLAIN.with(new MirrorSettings(maxBytes, List.of(registry), pinned)));
    }

    TestServer origin() {
        return origin;
    }

    UpstreamProxy proxy() {
        return proxy;
    }

    TestServer edge() {
        return edge;
    }

    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** At the origin. */
    Digest pushBlob(byte[] content) throws IOException {
        return origin.pushBlob(REMOTE, content);
    }

    /** At the origin: an image of one layer. */
    Digest pushImage(String tag, byte[] layer) throws IOException {
        Digest config = origin.pushBlob(REMOTE, "{}".getBytes(UTF_8));
        Digest blob = origin.pushBlob(REMOTE, layer);
        String json = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                 "config":{"mediaType":"application/vnd.example+json","digest":"%s","size":2},
                 "layers":[{"mediaType":"application/octet-stream","digest":"%s","size":%d}]}
                """.formatted(config, blob, layer.length);
        assertThat(origin.putManifest(REMOTE, tag, json).statusCode()).isEqualTo(201);
        return Digest.sha256(json.getBytes(UTF_8));
    }

    static String blob(Digest digest) {
        return "/v2/" + LOCAL + "/blobs/" + digest;
    }

    static String manifest(Object reference) {
        return "/v2/" + LOCAL + "/manifests/" + reference;
    }

    @Override
    public void close() throws IOException {
        proxy.release();
        edge.close();
        proxy.close();
        origin.close();
    }
}
