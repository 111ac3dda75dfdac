package io.dvcr.cli.config;

import io.dvcr.registry.http.HttpSettings;
import io.dvcr.registry.http.LoadLimits;
import io.dvcr.registry.http.TlsSettings;
import io.dvcr.registry.http.TransferLimits;
import java.time.Duration;

/** Reads {@code http} and {@code tls}. */
final class HttpSection {
    private static final int MILLION = 1_000_000;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;

    private HttpSection() {}

    static HttpSettings read(Section section, HttpSettings defaults) {
        return new HttpSettings(
                load(section, defaults.load()),
                transfers(section, defaults.transfers()),
                (int) section.size("maxTarget", defaults.maxTargetBytes(), KIB, MIB),
                (int) section.size("maxHeaders", defaults.maxHeaderBytes(), KIB, MIB),
                section.values("trustedProxies", ValueType.ADDRESS_RANGE, defaults.trustedProxies()),
                section.duration("shutdownGrace", defaults.shutdownGrace(), Duration.ZERO));
    }

    private static LoadLimits load(Section section, LoadLimits defaults) {
        return new LoadLimits(
                section.number("connections", defaults.connections(), 1, MILLION),
                section.number("requests", defaults.requests(), 1, MILLION),
                section.duration("queueTime", defaults.queueTime(), Duration.ZERO),
                section.number("requestsPerClient", defaults.requestsPerClient(), 1, MILLION),
                section.number("uploadsPerClient", defaults.uploadsPerClient(), 1, MILLION));
    }

    private static TransferLimits transfers(Section section, TransferLimits defaults) {
        return new TransferLimits(
                section.duration("head", defaults.head(), SECOND),
                section.duration("keepAlive", defaults.keepAlive(), SECOND),
                section.duration("silence", defaults.silence(), SECOND),
                section.size("minRate", defaults.minBytesPerSecond(), 1, MIB),
                section.duration("total", defaults.total(), SECOND));
    }

    static TlsSettings tls(Section section) {
        return new TlsSettings(
                section.requiredPath("certificateChain"),
                section.requiredPath("privateKey"),
                section.optionalPath("clientAuthorities"));
    }
}
