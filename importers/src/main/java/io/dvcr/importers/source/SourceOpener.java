package io.dvcr.importers.source;

import io.dvcr.storage.RepositoryName;
import java.io.IOException;

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
}
