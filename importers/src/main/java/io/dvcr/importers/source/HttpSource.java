package io.dvcr.importers.source;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** An image at a URL. Every instance has an http or https URL with a host and without credentials. */
public record HttpSource(URI url, Optional<Checksum> checksum) {

    public HttpSource {
        Optional<String> fault = fault(url);
        if (fault.isPresent()) {
            throw new IllegalArgumentException(withoutCredentials(url.toString()) + ": " + fault.get());
        }
    }

    /** @throws RegistryException with {@link RequestInvalid} if a client's {@code url} will not do */
    public static HttpSource parse(String url, Optional<Checksum> checksum) {
        try {
            return new HttpSource(new URI(url), checksum);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new RegistryException(new RequestInvalid(withoutCredentials("source.http.url: " + e.getMessage())));
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
