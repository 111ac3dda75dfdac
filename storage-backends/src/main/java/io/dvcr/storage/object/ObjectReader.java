package io.dvcr.storage.object;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What can be asked of an {@link ObjectStore} without changing anything in it. Whoever has no more than this needs no
 * lock, and may look on while others write. Thread-safe.
 */
public interface ObjectReader {

    /**
     * The bytes of {@code range}; fewer if the object ends before it. The caller closes the stream.
     *
     * @throws NoSuchFileException if there is no such object
     */
    InputStream read(ObjectKey key, ByteRange range) throws IOException;

    /** Size and time of the object, or empty if there is none. */
    Optional<ObjectInfo> head(ObjectKey key) throws IOException;

    /**
     * The first {@code limit} objects, in the order of their keys, whose keys begin with {@code prefix} and, if
     * {@code after} is given, come behind it. {@code prefix} ends with {@code /}; {@code after} need not exist. An
     * object that was appended to may be left out until it is moved.
     */
    List<ObjectInfo> list(String prefix, Optional<String> after, int limit) throws IOException;

    /** Tells what became of an object that was begun. */
    @FunctionalInterface
    interface StillWanted {
        boolean isWanted(ObjectKey growing) throws IOException;
    }

    /**
     * How many things there are that are neither an object nor going to be one, because who was making them was killed,
     * or lost them to another writer.
     *
     * @param before what was touched since does not count
     * @param wanted asked of each object that grew, but not since
     */
    default int countLeftovers(Instant before, StillWanted wanted) throws IOException {
        return 0;
    }
}
