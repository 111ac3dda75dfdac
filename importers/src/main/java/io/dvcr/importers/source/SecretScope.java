package io.dvcr.importers.source;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * A server that a secret may be shown to: scheme, host and port (RFC 6454), since whoever has another port of a host, or
 * can listen to what is not encrypted, need not be whom the secret is for.
 */
record SecretScope(String scheme, String host, int port) {

    static SecretScope of(URI url) {
        String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        String host = Optional.ofNullable(url.getHost()).orElse("").toLowerCase(Locale.ROOT);
        int standard = scheme.equals("http") ? 80 : 443;
        return new SecretScope(scheme, host, url.getPort() < 0 ? standard : url.getPort());
    }

    /**
     * @param text {@code mirror.example}, {@code mirror.example:8443}, or with a scheme, which else is https
     * @throws IllegalArgumentException if it is nothing of that
     */
    static SecretScope parse(String text) {
        try {
            URI url = new URI(text.contains("://") ? text : "https://" + text);
            if (HttpSource.fault(url).isPresent()
                    || !Optional.ofNullable(url.getRawPath()).orElse("").isEmpty()) {
                throw new IllegalArgumentException("must be a host, such as mirror.example:8443, not " + text);
            }
            return of(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be a host, such as mirror.example:8443, not " + text, e);
        }
    }
}
