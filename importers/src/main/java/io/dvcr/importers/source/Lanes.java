package io.dvcr.importers.source;

/**
 * When, and as how many ranges at once, a file is read.
 *
 * @param connections how many at most
 * @param fastEnoughBytesPerSecond a connection that brings as much stays alone: others would only take from it
 */
public record Lanes(int connections, long fastEnoughBytesPerSecond) {
    public static final Lanes DEFAULTS = new Lanes(4, 32 << 20);

    /** One connection, whatever it brings. */
    public static final Lanes ONE = new Lanes(1, 0);

    public Lanes {
        if (connections < 1 || fastEnoughBytesPerSecond < 0) {
            throw new IllegalArgumentException("a download needs a connection, not " + connections);
        }
    }

    /** Whether {@code bytes} for which so long was waited are less than one connection should bring. */
    boolean pay(long bytes, long waitedNanos) {
        return connections > 1 && bytes * 1e9 < (double) fastEnoughBytesPerSecond * waitedNanos;
    }
}
