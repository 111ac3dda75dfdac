package io.dvcr.converters.format;

import io.dvcr.converters.RandomAccessDisk;
import java.io.IOException;

/** A disk that lies in its file where tables say, and those can be followed while the file arrives. */
@FunctionalInterface
public interface MappedDisk {

    /**
     * The disk in {@code file}, which stays open when the disk is closed. Reading waits for what has yet to arrive.
     *
     * @throws ImageException if what the tables say cannot be; reading throws it as well
     */
    RandomAccessDisk open(FileContent file) throws IOException;

    /**
     * The same of a file whose tables have not been judged yet, for who reads each part of the disk once: what claims to
     * be far more data than the file has is refused.
     */
    default RandomAccessDisk openUnjudged(FileContent file) throws IOException {
        return open(ReadBudget.over(file));
    }
}
