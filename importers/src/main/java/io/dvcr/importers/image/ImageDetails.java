package io.dvcr.importers.image;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What there is to know of an image. Sizes are in bytes.
 *
 * @param tag empty if the image was asked for by its digest
 * @param digest of the manifest that the name leads to: the index that lists the image's faces, or that of the disk
 * @param format what the image was made from: {@code raw}, {@code qcow2}, {@code iso}
 * @param virtualSize what a guest sees
 * @param usedSize the part of it that is not zero
 * @param storedSize the index and all packs of the image
 * @param newlyStored the part of them that the image brought; empty if whoever made it did not say
 * @param partitionTable {@code mbr}, {@code gpt} or {@code none}; empty if whoever made it did not look
 * @param firmware what it boots with, {@code bios} or {@code uefi}; empty if not known
 */
public record ImageDetails(
        RepositoryName repository,
        Optional<Tag> tag,
        Digest digest,
        String format,
        long virtualSize,
        long usedSize,
        long storedSize,
        OptionalLong newlyStored,
        boolean cdrom,
        Optional<String> partitionTable,
        Optional<String> firmware,
        Instant created) {}
