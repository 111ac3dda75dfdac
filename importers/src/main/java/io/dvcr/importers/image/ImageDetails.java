package io.dvcr.importers.image;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.time.Instant;
import java.util.Optional;

/**
 * What there is to know of an image. Sizes are in bytes.
 *
 * @param tag empty if the image was asked for by its digest
 * @param digest of the manifest
 * @param format what the image was made from: {@code raw}, {@code qcow2}, {@code iso}
 * @param virtualSize what a guest sees
 * @param usedSize the part of it that is not zero
 * @param storedSize the index and all packs of the image
 */
public record ImageDetails(
        RepositoryName repository,
        Optional<Tag> tag,
        Digest digest,
        String format,
        long virtualSize,
        long usedSize,
        long storedSize,
        boolean cdrom,
        Instant created) {}
