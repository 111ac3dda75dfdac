package io.dvcr.importers.job;

import io.dvcr.converters.format.ImageFormat;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.util.Optional;

/**
 * What an import is to do: make {@code repository:tag} the image at {@code source}.
 *
 * @param base an image that it is likely to have much in common with, beside those of the same repository
 * @param containerDisk whether the image gets a containerDisk; empty if that is as configured
 * @param format what the image has to be; empty if it may be of any
 */
public record ImportRequest(
        RepositoryName repository,
        Tag tag,
        ImportSource source,
        Optional<ImageReference> base,
        Optional<Boolean> containerDisk,
        Optional<ImageFormat> format) {
    /** An import without a base, with the faces that are configured. */
    public ImportRequest(RepositoryName repository, Tag tag, ImportSource source) {
        this(repository, tag, source, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
