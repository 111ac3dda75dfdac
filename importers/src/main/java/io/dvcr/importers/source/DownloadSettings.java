package io.dvcr.importers.source;

import io.dvcr.storage.AddressRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the server reads what clients name.
 *
 * @param deny addresses that are not read, beside those that never are
 * @param allow exceptions from {@code deny}
 * @param authorities whom to trust besides those that Java does: PEM
 * @param secrets the directory of secrets that clients may name
 */
public record DownloadSettings(
        DownloadPatience patience,
        Lanes lanes,
        List<AddressRange> deny,
        List<AddressRange> allow,
        Optional<Path> authorities,
        Optional<Path> secrets,
        Optional<ProxySettings> proxy) {
    public static final DownloadSettings DEFAULTS = new DownloadSettings(
            DownloadPatience.DEFAULTS,
            Lanes.DEFAULTS,
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public DownloadSettings {
        deny = List.copyOf(deny);
        allow = List.copyOf(allow);
    }
}
