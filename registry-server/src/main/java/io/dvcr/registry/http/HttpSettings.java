package io.dvcr.registry.http;

import io.dvcr.storage.AddressRange;
import java.time.Duration;
import java.util.List;

/**
 * How the server speaks HTTP, and what it puts up with.
 *
 * @param maxTargetBytes of the first line of a request; longer ones are refused with 414
 * @param maxHeaderBytes of all headers of a request; more are refused with 431
 * @param trustedProxies whose {@code X-Forwarded-For} tells who the client is; nobody's by default
 * @param shutdownGrace how long requests under way may go on once the server is told to stop
 */
public record HttpSettings(
        LoadLimits load,
        TransferLimits transfers,
        int maxTargetBytes,
        int maxHeaderBytes,
        List<AddressRange> trustedProxies,
        Duration shutdownGrace) {
    public static final HttpSettings DEFAULTS = new HttpSettings(
            LoadLimits.DEFAULTS, TransferLimits.DEFAULTS, 8 * 1024, 32 * 1024, List.of(), Duration.ofSeconds(30));

    public HttpSettings {
        trustedProxies = List.copyOf(trustedProxies);
    }

    HttpSettings with(LoadLimits changed) {
        return new HttpSettings(changed, transfers, maxTargetBytes, maxHeaderBytes, trustedProxies, shutdownGrace);
    }

    HttpSettings with(TransferLimits changed) {
        return new HttpSettings(load, changed, maxTargetBytes, maxHeaderBytes, trustedProxies, shutdownGrace);
    }
}
