package io.dvcr.importers.registry;

import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Pulls from a registry as the OCI distribution specification, section "Pull", has it. The registry is one that the
 * user chose, not a source that a stranger named. What it answers is verified. Thread-safe.
 */
public final class RegistryClient {
    private static final int MAX_MANIFEST_BYTES = 4 << 20;
    private static final String ACCEPT = Manifest.OCI_MANIFEST + ", " + Manifest.OCI_INDEX;

    private final URI registry;
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
        this.registry = registry;
        this.http = new RegistryAuthorization(registry, credentials, new RegistryHttp(tls));
    }

    /** @throws IOException if the registry does not let these credentials in, or is none */
    public void requireLogin() throws IOException {
        HttpResponse<InputStream> response = http.get("/v2/", "", Map.of());
        try (InputStream _ = response.body()) {
            requireStatus(response, 200, "a login");
        }
    }

    /**
     * @throws RegistryException with {@link ManifestUnknown} if there is no such manifest
     * @throws IOException if the registry does not answer, or with another manifest than a digest names
     */
    public StoredManifest manifest(ImageReference image) throws IOException {
        String path = "/v2/" + image.repository() + "/manifests/" + image.reference();
        HttpResponse<InputStream> response = http.get(path, toPull(image.repository()), Map.of("Accept", ACCEPT));
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

    private static StoredManifest verified(ImageReference image, HttpResponse<InputStream> response, byte[] content)
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

    /** The {@code length} bytes from {@code offset} on of a blob, as they are sent. The caller closes the stream. */
    public InputStream open(RepositoryName repository, Digest blob, long offset, long length) throws IOException {
        if (length == 0) {
            return InputStream.nullInputStream();
        }
        Map<String, String> range = Map.of("Range", "bytes=" + offset + "-" + (offset + length - 1));
        HttpResponse<InputStream> response =
                http.get("/v2/" + repository + "/blobs/" + blob, toPull(repository), range);
        try {
            requireStatus(response, 206, "blob " + blob);
            return response.body();
        } catch (IOException e) {
            response.body().close();
            throw e;
        }
    }

    private static String toPull(RepositoryName repository) {
        return "repository:" + repository + ":pull";
    }

    private void requireStatus(HttpResponse<?> response, int expected, String what) throws IOException {
        if (response.statusCode() == 401) {
            throw new IOException(registry + " wants credentials for " + what);
        }
        if (response.statusCode() == 403) {
            throw new IOException(registry + " denies access to " + what);
        }
        if (response.statusCode() != expected) {
            throw new IOException(registry + " answered " + response.statusCode() + " for " + what);
        }
    }
}
