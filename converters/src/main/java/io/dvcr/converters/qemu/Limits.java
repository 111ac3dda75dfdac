package io.dvcr.converters.qemu;

import java.time.Duration;

/**
 * What a subprocess may use.
 *
 * @param cpu processor time of all its threads, rounded up to whole seconds
 * @param fileSizeBytes the largest file it may write; 0 if it may write none
 * @param outputBytes how much of each of its two output streams is kept; the rest is read and dropped
 */
public record Limits(Duration wallClock, Duration cpu, long addressSpaceBytes, long fileSizeBytes, int outputBytes) {
    public Limits {
        if (!wallClock.isPositive() || !cpu.isPositive()) {
            throw new IllegalArgumentException("no time to run in: " + wallClock + ", " + cpu);
        }
        if (addressSpaceBytes <= 0 || fileSizeBytes < 0 || outputBytes < 0) {
            throw new IllegalArgumentException(
                    "not sizes: " + addressSpaceBytes + ", " + fileSizeBytes + ", " + outputBytes);
        }
    }
}
