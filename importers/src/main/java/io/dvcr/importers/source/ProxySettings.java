package io.dvcr.importers.source;

import io.dvcr.storage.AddressRange;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A proxy between the server and sources.
 *
 * @param url http, with the host, and with user and password if the proxy asks for them
 * @param exceptions whom it is not for, by the conventions of {@code no_proxy}: a host with all below it, an address, a
 *     range of addresses, or {@code *}
 */
public record ProxySettings(URI url, List<String> exceptions) {
    private static final int STANDARD_PORT = 3128;

    public ProxySettings {
        if (!"http".equalsIgnoreCase(url.getScheme())
                || Optional.ofNullable(url.getHost()).isEmpty()) {
            throw new IllegalArgumentException("a proxy has a URL such as http://proxy.example:3128");
        }
        exceptions = List.copyOf(exceptions);
    }

    int port() {
        return url.getPort() < 0 ? STANDARD_PORT : url.getPort();
    }

    boolean isFor(String host) {
        String bare = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
        return exceptions.stream().noneMatch(exception -> matches(exception.toLowerCase(Locale.ROOT), bare));
    }

    private static boolean matches(String exception, String host) {
        String domain = exception.startsWith(".") ? exception.substring(1) : exception;
        return domain.equals("*") || host.equals(domain) || host.endsWith("." + domain) || isIn(domain, host);
    }

    private static boolean isIn(String range, String host) {
        try {
            return AddressRange.parse(range).contains(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return false; // one of them is a name
        }
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return HttpSource.withoutCredentials(url.toString()) + ", not for " + exceptions;
    }
}
