package io.dvcr.importers.source;

import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads one kind of source. Thread-safe.
 *
 * @param <S> the kind
 */
@FunctionalInterface
public interface SourceOpener<S extends ImportSource> {

    /**
     * Opens {@code source} at its beginning. An import may do so again, after a restart of the server or because what it
     * was to reuse is damaged, until it has ended.
     *
     * @param target what it is for, on which it depends what may be used to read it
     * @throws SourceException if it cannot be read, for which who named it or who serves it is to blame
     */
    OpenedImage open(S source, RepositoryName target) throws IOException;

    /**
     * Opens {@code source} as it was when {@code start} was kept of it. The stream begins with that, which is closed with
     * it.
     *
     * @return empty if the source is not what it was, or cannot be read from there on: then it is to be opened at its
     *     beginning, and {@code start} is of no use
     * @throws SourceException if it cannot be read at all
     */
    default Optional<OpenedSource> openBehind(HeadStart start, S source, RepositoryName target) throws IOException {
        return Optional.empty();
    }
}
