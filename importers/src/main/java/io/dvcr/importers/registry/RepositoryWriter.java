package io.dvcr.importers.registry;

import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Pushes to one repository as the OCI distribution specification, section "Push", has it. A blob goes in one piece, and
 * from its beginning again if it does not arrive. Thread-safe.
 */
public final class RepositoryWriter {
    private static final int MAX_ANSWER = 64 << 10;
    /** The slowest that a blob may go: 32 KiB/s. */
    private static final int MIN_BYTES_PER_SECOND = 32 << 10;

    private final URI registry;
    private final RegistryAuthorization http;
    private final RegistryPatience patience;
    private final RepositoryName repository;
    private final String scope;

    RepositoryWriter(URI registry, RegistryAuthorization http, RegistryPatience patience, RepositoryName repository) {
        this.registry = registry;
        this.http = http;
        this.patience = patience;
        this.repository = repository;
        this.scope = "repository:" + repository + ":pull,push";
    }

    /** Whether the repository has the blob, {@code size} bytes of it. */
    public boolean has(Digest blob, long size) throws IOException {
        RegistryResponse response = http.send(RegistryRequest.head(Map.of()), blobs() + blob, scope);
        if (response.statusCode() == 404) {
            response.body().close();
            return false;
        }
        requireStatus(response, 200, "blob " + blob);
        return response.headers().firstValueAsLong("Content-Length").orElse(size) == size;
    }

    /** Makes a blob of {@code from}, in the same registry, one of this repository too; false if that cannot be. */
    public boolean mount(Digest blob, RepositoryName from) throws IOException {
        String target = blobs() + "uploads/?mount=" + blob + "&from=" + from;
        RegistryResponse response = http.send(RegistryRequest.post(), target, scope + " repository:" + from + ":pull");
        response.body().close();
        return response.statusCode() == 201;
    }

    /** Stores {@code content}, from position to limit, which the registry checks against {@code blob}. */
    public void put(Digest blob, ByteBuffer content) throws IOException {
        byte[] bytes = bytes(content);
        for (int failures = 1; ; failures++) {
            boolean last = failures >= patience.backoff().attempts();
            Optional<RegistryResponse> answer = upload(blob, bytes, last);
            if (answer.isPresent()
                    && (last || !RegistryHttp.isPassing(answer.get().statusCode()))) {
                requireStatus(answer.get(), 201, "blob " + blob);
                return;
            }
            patience.backoff().pause(failures);
            if (has(blob, bytes.length)) { // what seemed to fail need not have
                return;
            }
        }
    }

    /** Stores a manifest under {@code tag}. */
    public void putManifest(Tag tag, String mediaType, byte[] content) throws IOException {
        putManifest(new Reference.ByTag(tag), mediaType, content);
    }

    /** Stores a manifest under {@code reference}, which may be its digest. */
    public void putManifest(Reference reference, String mediaType, byte[] content) throws IOException {
        RegistryRequest request = RegistryRequest.put(mediaType, ByteBuffer.wrap(content), Duration.ZERO, true);
        RegistryResponse response = http.send(request, "/v2/" + repository + "/manifests/" + reference, scope);
        requireStatus(response, 201, new ImageReference(repository, reference).toString());
    }

    /** The answer to the last request that an upload takes; empty if the connection failed and may be tried again. */
    private Optional<RegistryResponse> upload(Digest blob, byte[] content, boolean last) throws IOException {
        try {
            RegistryResponse begun = http.send(RegistryRequest.post(), blobs() + "uploads/", scope);
            Optional<String> location = begun.headers().firstValue("Location");
            if (begun.statusCode() != 202 || location.isEmpty()) {
                return Optional.of(begun);
            }
            begun.body().close();
            String separator = location.get().contains("?") ? "&" : "?";
            RegistryRequest request = RegistryRequest.put(
                    "application/octet-stream",
                    ByteBuffer.wrap(content),
                    Duration.ofSeconds(content.length / MIN_BYTES_PER_SECOND),
                    false);
            return Optional.of(http.send(request, location.get() + separator + "digest=" + blob, scope));
        } catch (IOException e) {
            if (last || e instanceof InterruptedIOException) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private String blobs() {
        return "/v2/" + repository + "/blobs/";
    }

    private void requireStatus(RegistryResponse response, int expected, String what) throws IOException {
        try (InputStream body = response.body()) {
            if (response.statusCode() != expected) {
                throw RegistryClient.refused(registry, response.statusCode(), what, body.readNBytes(MAX_ANSWER));
            }
        }
    }

    private static byte[] bytes(ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return bytes;
    }
}
