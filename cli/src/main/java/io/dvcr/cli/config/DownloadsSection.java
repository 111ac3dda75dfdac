package io.dvcr.cli.config;

import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.DownloadSettings;
import io.dvcr.importers.source.Lanes;
import io.dvcr.importers.source.ProxySettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code downloads}. */
final class DownloadsSection {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long MIB = 1L << 20;

    /** A URL may have a password in it. */
    private static final ValueType<URI> PROXY = new ValueType<>("URL", ValueType.URL.parser(), URI::toString, true);

    private DownloadsSection() {}

    static DownloadSettings read(Section section, DownloadSettings defaults) {
        return new DownloadSettings(
                patience(section, defaults.patience()),
                lanes(section, defaults.lanes()),
                section.values("deny", ValueType.ADDRESS_RANGE, defaults.deny()),
                section.values("allow", ValueType.ADDRESS_RANGE, defaults.allow()),
                section.optionalPath("authorities"),
                section.optionalPath("secrets"),
                proxy(section));
    }

    private static Lanes lanes(Section section, Lanes defaults) {
        return new Lanes(
                section.number("connections", defaults.connections(), 1, 16),
                section.size("fastEnough", defaults.fastEnoughBytesPerSecond(), 0, MIB << 20));
    }

    private static Optional<ProxySettings> proxy(Section section) {
        Optional<URI> url = section.optional("proxy", PROXY);
        List<String> exceptions = section.texts("noProxy", List.of());
        return url.map(known -> new ProxySettings(known, exceptions));
    }

    private static DownloadPatience patience(Section section, DownloadPatience defaults) {
        Backoff backoff = defaults.backoff();
        return new DownloadPatience(
                section.duration("stallTimeout", defaults.stallTimeout(), SECOND),
                section.size("minRate", defaults.minBytesPerSecond(), 0, MIB),
                new Backoff(
                        section.number("attempts", backoff.attempts(), 1, 100),
                        backoff.first(),
                        section.duration("longestRetryDelay", backoff.longest(), SECOND)),
                section.duration("longestRetryAfter", defaults.longestRetryAfter(), Duration.ZERO));
    }
}
