package io.dvcr.importers.source;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * An image at a URL. Every instance has http or https URLs with a host and without credentials.
 *
 * @param checksumUrl where a list of checksums is, which must have one of this image; instead of {@code checksum}
 * @param secret what the server's operator has for the source; only its name
 */
public record HttpSource(URI url, Optional<Checksum> checksum, Optional<URI> checksumUrl, Optional<SecretName> secret)
        implements ImportSource {

    public HttpSource {
        requireUsable(url);
        checksumUrl.ifPresent(HttpSource::requireUsable);
        if (checksum.isPresent() && checksumUrl.isPresent()) {
            throw new IllegalArgumentException("there is a checksum and a URL for it; one of them is enough");
        }
    }

    /** One that anybody may read. */
    public HttpSource(URI url, Optional<Checksum> checksum) {
        this(url, checksum, Optional.empty(), Optional.empty());
    }

    /** @throws RegistryException with {@link RequestInvalid} if a client's {@code url} will not do */
    public static HttpSource parse(String url, Optional<Checksum> checksum) {
        return parse(url, checksum, Optional.empty(), Optional.empty());
    }

    /** @throws RegistryException with {@link RequestInvalid} if what a client says will not do */
    public static HttpSource parse(
            String url, Optional<Checksum> checksum, Optional<String> checksumUrl, Optional<SecretName> secret) {
        URI image = parseUrl("source.http.url", url);
        Optional<URI> list = checksumUrl.map(text -> parseUrl("source.http.checksumUrl", text));
        try {
            return new HttpSource(image, checksum, list, secret);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(new RequestInvalid("source.http: " + e.getMessage()));
        }
    }

    private static URI parseUrl(String field, String text) {
        try {
            URI url = new URI(text);
            requireUsable(url);
            return url;
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new RegistryException(new RequestInvalid(withoutCredentials(field + ": " + e.getMessage())));
        }
    }

    private static void requireUsable(URI url) {
        Optional<String> fault = fault(url);
        if (fault.isPresent()) {
            throw new IllegalArgumentException(withoutCredentials(url.toString()) + ": " + fault.get());
        }
    }

    /** What is wrong with a URL that a client, or a redirect, named. */
    static Optional<String> fault(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return Optional.of("only http and https URLs are read");
        }
        if (url.getHost() == null || url.getHost().isEmpty()) {
            return Optional.of("the URL has no host");
        }
        return url.getRawUserInfo() == null
                ? Optional.empty()
                : Optional.of("credentials do not belong into a URL, which is logged and stored");
    }

    /** For messages: a URL, or a text with one, less what stands before the host. */
    static String withoutCredentials(String text) {
        return text.replaceAll("//[^/?#]*@", "//");
    }
}
