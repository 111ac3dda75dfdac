package io.dvcr.importers.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the server pulls from registries that clients name.
 *
 * @param dockerConfig a file as {@code docker login} writes it: what to prove to which registry
 * @param plainHttp hosts of registries that are spoken to without TLS, beside those of loopback
 * @param mirrors asked before the registries that they mirror, in this order
 */
public record RegistrySettings(Optional<Path> dockerConfig, List<String> plainHttp, List<Mirror> mirrors) {
    public static final RegistrySettings DEFAULTS = new RegistrySettings(Optional.empty(), List.of(), List.of());

    public RegistrySettings {
        plainHttp = List.copyOf(plainHttp);
        mirrors = List.copyOf(mirrors);
    }

    /**
     * A registry that has what another has.
     *
     * @param of the host that it mirrors
     * @param url http or https, with the host; a path goes before the names of repositories
     */
    public record Mirror(String of, URI url) {
        public Mirror {
            boolean usable = ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && Optional.ofNullable(url.getHost()).isPresent()
                    && Optional.ofNullable(url.getRawUserInfo()).isEmpty()
                    && Optional.ofNullable(url.getRawQuery()).isEmpty();
            if (!usable) {
                throw new IllegalArgumentException("a mirror has a URL such as https://mirror.example, unlike " + url);
            }
        }
    }
}
