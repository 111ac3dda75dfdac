package io.dvcr.virt.singlehost;

import java.time.Duration;

/**
 * How machines are looked after.
 *
 * @param resync how often every machine is looked at when nothing is known to have changed
 * @param shutdownGrace how long a guest may take to turn itself off
 * @param longestRetryDelay how long is waited, at most, before what failed is tried again; the first time, a second
 * @param concurrentDownloads how many volumes are made at once
 */
public record MachineSettings(
        Duration resync, Duration shutdownGrace, Duration longestRetryDelay, int concurrentDownloads) {
    public static final MachineSettings DEFAULTS =
            new MachineSettings(Duration.ofSeconds(3), Duration.ofSeconds(30), Duration.ofMinutes(1), 4);

    public MachineSettings {
        if (!resync.isPositive() || shutdownGrace.isNegative() || concurrentDownloads < 1) {
            throw new IllegalArgumentException(
                    "resync " + resync + ", grace " + shutdownGrace + ", downloads " + concurrentDownloads);
        }
    }
}
