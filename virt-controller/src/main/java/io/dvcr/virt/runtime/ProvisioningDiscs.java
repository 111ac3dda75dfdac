package io.dvcr.virt.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Makes the discs that set guests up. Implementations are thread-safe. */
public interface ProvisioningDiscs {

    /** Puts a disc in the place of what is at {@code target}, if anything; whole, or not at all. */
    void make(Path target, Disc disc) throws IOException;

    /**
     * What is on a disc.
     *
     * @param label of the volume, by which it is found
     * @param files by name, all at the top
     */
    record Disc(String label, Map<String, byte[]> files) {
        public Disc {
            files = Map.copyOf(files);
        }

        /** Shows no content. */
        @Override
        public String toString() {
            return "Disc[" + label + ", " + files.keySet() + "]";
        }
    }
}
