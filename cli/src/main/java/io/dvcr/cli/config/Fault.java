package io.dvcr.cli.config;

import java.util.Comparator;

/**
 * One thing that is wrong with a configuration, as {@code where: key: what is wrong}.
 *
 * @param key the path of the key; empty if the fault is the whole file's
 */
record Fault(Origin origin, String key, String message) {
    /** The file from top to bottom, then what else there is in the order it was found. */
    static final Comparator<Fault> IN_ORDER = Comparator.comparingInt(
            fault -> fault.origin() instanceof Origin.InFile(var _, int line) ? line : Integer.MAX_VALUE);

    @Override
    public String toString() {
        return key.isEmpty() ? origin + ": " + message : origin + ": " + key + ": " + message;
    }
}
