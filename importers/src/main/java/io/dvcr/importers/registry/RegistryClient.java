package io.dvcr.importers.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Pulls from a registry as the OCI distribution specification, section "Pull", has it. With the public constructors the
 * registry is one that the user chose; one that a stranger named takes a transport that judges where it connects to. What
 * it answers is verified. Thread-safe.
 */
public final class RegistryClient {
    private static final int MAX_MANIFEST_BYTES = 4 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ACCEPT = Manifest.OCI_MANIFEST + ", " + Manifest.OCI_INDEX
            + ", application/vnd.docker.distribution.manifest.v2+json"
            + ", application/vnd.docker.distribution.manifest.list.v2+json";

    private final URI registry;
    private final RegistryPatience patience;
    private final RegistryTransport transport;
    private final RegistryAuthorization http;

    /** A client without credentials. */
    public RegistryClient(URI registry) {
        this(registry, RegistryCredentials.NONE);
    }

    /** @param registry such as {@code http://127.0.0.1:5000} */
    public RegistryClient(URI registry, RegistryCredentials credentials) {
        this(registry, credentials, Optional.empty());
    }

    /** @param tls whom to trust where the registry speaks TLS; empty for whom Java does */
    public RegistryClient(URI registry, RegistryCredentials credentials, Optional<SSLContext> tls) {
        this(registry, credentials, tls, RegistryPatience.DEFAULT);
    }

    public RegistryClient(
            URI registry, RegistryCredentials credentials, Optional<SSLContext> tls, RegistryPatience patience) {
        this(registry, credentials, new DirectTransport(tls, patience.stall()), patience, TokenService.Realms.ALL);
    }

    /** @param realms where {@code credentials} may be shown for a token */
    RegistryClient(
            URI registry,
            RegistryCredentials credentials,
            RegistryTransport transport,
            RegistryPatience patience,
            TokenService.Realms realms) {
        this.registry = registry;
        this.patience = patience;
        this.transport = transport;
        this.http = new RegistryAuthorization(registry, credentials, new RegistryHttp(transport, patience), realms);
    }

    /** How many bytes of answers have arrived, headers not counted. */
    public long received() {
        return transport.received();
    }

    /** Pushes to a repository of this registry. */
    public RepositoryWriter writer(RepositoryName repository) {
        return new RepositoryWriter(registry, http, patience, repository);
    }

    /** @throws IOException if the registry does not let these credentials in, or is none */
    public void requireLogin() throws IOException {
        RegistryResponse response = http.get("/v2/", "", Map.of());
        try (InputStream _ = response.body()) {
            requireStatus(response, 200, "a login");
        }
    }

    /**
     * @throws RegistryException with {@link ManifestUnknown} if there is no such manifest
     * @throws IOException if the registry does not answer, or with another manifest than a digest names
     */
    public StoredManifest manifest(ImageReference image) throws IOException {
        return untilWhole(() -> readManifest(image));
    }

    private StoredManifest readManifest(ImageReference image) throws IOException {
        String path = "/v2/" + image.repository() + "/manifests/" + image.reference();
        RegistryResponse response = http.get(path, toPull(image.repository()), Map.of("Accept", ACCEPT));
        try (InputStream body = response.body()) {
            if (response.statusCode() == 404) {
                throw new RegistryException(new ManifestUnknown(image.repository(), image.reference()));
            }
            requireStatus(response, 200, image.toString());
            byte[] content = body.readNBytes(MAX_MANIFEST_BYTES + 1);
            if (content.length > MAX_MANIFEST_BYTES) {
                throw new IOException("the manifest of " + image + " is larger than " + MAX_MANIFEST_BYTES + " bytes");
            }
            return verified(image, response, content);
        }
    }

    /**
     * The disk that a DVCR registry has made of what {@code pushed} names, by its word: what refers to a manifest may be
     * anybody's. Empty if it has not, or is another kind of registry.
     *
     * @throws RegistryException with {@link Conflict} if it is still at it, or cannot
     */
    Optional<Digest> diskMadeOf(ImageReference pushed) throws IOException {
        String path = "/api/v1/images/" + pushed.repository() + "/" + pushed.reference();
        RegistryResponse response = http.get(path, toPull(pushed.repository()), Map.of());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                return Optional.empty();
            }
            JsonNode image = JSON.readTree(body.readNBytes(MAX_MANIFEST_BYTES));
            return switch (image.path("state").asText()) {
                case "Ready" -> Digest.tryParse(image.path("digest").asText());
                case "Converting" ->
                    throw new RegistryException(new Conflict(pushed + " is still being made a disk: "
                            + image.path("percent").asInt() + " %"));
                case "Failed" ->
                    throw new RegistryException(new Conflict(pushed + " cannot be made a disk: "
                            + image.path("error").path("message").asText()));
                default -> Optional.empty();
            };
        }
    }

    private static StoredManifest verified(ImageReference image, RegistryResponse response, byte[] content)
            throws IOException {
        Digest digest = Digest.sha256(content);
        if (image.reference() instanceof Reference.ByDigest(Digest wanted)) {
            digest = Digest.of(wanted.algorithm(), wanted.algorithm().newHash().digest(content));
            if (!digest.equals(wanted)) {
                throw new IOException("the registry answered " + digest + " for " + image);
            }
        }
        String mediaType = response.headers().firstValue("Content-Type").orElse(Manifest.OCI_MANIFEST);
        return new StoredManifest(digest, mediaType, content);
    }

    /** All bytes of a small blob, verified. */
    public byte[] blob(RepositoryName repository, BlobDescriptor blob) throws IOException {
        try (InputStream body = open(repository, blob.digest(), 0, blob.size())) {
            byte[] content = body.readNBytes(Math.toIntExact(blob.size()));
            Digest actual = Digest.of(
                    blob.digest().algorithm(),
                    blob.digest().algorithm().newHash().digest(content));
            if (!actual.equals(blob.digest())) {
                throw new IOException("blob " + blob.digest() + " arrived as " + actual);
            }
            return content;
        }
    }

    /**
     * The {@code length} bytes from {@code offset} on of a blob, as they are sent. A connection that is cut or stalls is
     * made again and goes on where it stopped. The caller closes the stream.
     */
    public InputStream open(RepositoryName repository, Digest blob, long offset, long length) throws IOException {
        return length == 0
                ? InputStream.nullInputStream()
                : new RangeStream(start -> range(repository, blob, start, offset + length), offset, length, patience);
    }

    /** The bytes of a blob from {@code start} to before {@code end}, and perhaps more. */
    private InputStream range(RepositoryName repository, Digest blob, long start, long end) throws IOException {
        Map<String, String> range = Map.of("Range", "bytes=" + start + "-" + (end - 1));
        RegistryResponse response = http.get("/v2/" + repository + "/blobs/" + blob, toPull(repository), range);
        try {
            if (response.statusCode() == 200) { // a registry need not know ranges
                response.body().skipNBytes(start);
                return response.body();
            }
            requireStatus(response, 206, "blob " + blob);
            requireStart(response, start, blob);
            return response.body();
        } catch (IOException e) {
            response.body().close();
            throw e;
        }
    }

    private void requireStart(RegistryResponse response, long start, Digest blob) throws IOException {
        Optional<String> range = response.headers().firstValue("Content-Range");
        if (range.isPresent() && !range.get().startsWith("bytes " + start + "-")) {
            throw new IOException(
                    registry + " sends " + range.get() + " of blob " + blob + ", not the bytes from " + start + " on");
        }
    }

    private static String toPull(RepositoryName repository) {
        return "repository:" + repository + ":pull";
    }

    /** An answer that is read at once. */
    private interface Answer<T> {
        T read() throws IOException;
    }

    private <T> T untilWhole(Answer<T> answer) throws IOException {
        for (int failures = 1; ; failures++) {
            try {
                return answer.read();
            } catch (BodyCutException e) {
                if (failures >= patience.backoff().attempts()) {
                    throw e;
                }
            }
            patience.backoff().pause(failures);
        }
    }

    private void requireStatus(RegistryResponse response, int expected, String what) throws IOException {
        if (response.statusCode() != expected) {
            throw refused(registry, response.statusCode(), what, new byte[0]);
        }
    }

    /** What to tell of an answer that is not the one hoped for, whose content, if there is any, is {@code body}. */
    static IOException refused(URI registry, int status, String what, byte[] body) {
        String reason = reason(body);
        return new IOException(
                switch (status) {
                    case 401 -> registry + " wants credentials for " + what;
                    case 403 -> registry + " denies access to " + what + reason;
                    default -> registry + " answered " + status + " for " + what + reason;
                });
    }

    /** The message of the first error that the body tells, as the distribution specification has it. */
    private static String reason(byte[] body) {
        try {
            String message =
                    JSON.readTree(body).path("errors").path(0).path("message").asText();
            return message.isEmpty() ? "" : ": " + message;
        } catch (IOException e) {
            return ""; // not JSON
        }
    }

    /** The tags of a repository, {@code max} at most, in the registry's order; none if there is no such repository. */
    public List<Tag> tags(RepositoryName repository, int max) throws IOException {
        return untilWhole(() -> readTags(repository, max));
    }

    private List<Tag> readTags(RepositoryName repository, int max) throws IOException {
        RegistryResponse response = http.get("/v2/" + repository + "/tags/list?n=" + max, toPull(repository), Map.of());
        try (InputStream body = response.body()) {
            if (response.statusCode() == 404) {
                return List.of();
            }
            requireStatus(response, 200, "the tags of " + repository);
            List<Tag> tags = new ArrayList<>();
            for (JsonNode tag :
                    JSON.readTree(body.readNBytes(MAX_MANIFEST_BYTES)).path("tags")) {
                if (tags.size() < max) {
                    tags.add(Tag.parse(tag.asText()));
                }
            }
            return List.copyOf(tags);
        } catch (JsonProcessingException e) {
            throw new IOException(registry + " answered with what are no tags of " + repository, e);
        }
    }
}
