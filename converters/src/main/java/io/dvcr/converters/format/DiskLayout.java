package io.dvcr.converters.format;

import java.util.Locale;
import java.util.Optional;

/**
 * How a disk is divided, as its first sectors say.
 *
 * @param firmware what it boots with, {@code uefi}; empty if that is not certain
 */
public record DiskLayout(PartitionTable partitionTable, Optional<String> firmware) {

    /** Kinds of partition tables. */
    public enum PartitionTable {
        NONE,
        MBR,
        GPT;

        /** The name in the disk artifact's configuration. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
