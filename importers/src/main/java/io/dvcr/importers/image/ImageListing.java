package io.dvcr.importers.image;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Derivation;
import java.util.Optional;

/**
 * A tag that names an image, or what an image is to be made of.
 *
 * @param manifest what the tag names
 * @param image empty if it is not there yet, or will never be
 * @param derivation present if a client pushed something else, of which the image is made
 */
public record ImageListing(
        RepositoryName repository,
        Tag tag,
        Digest manifest,
        Optional<ImageDetails> image,
        Optional<Derivation> derivation) {}
