package io.dvcr.importers.image;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;

/**
 * An image that has packs in common with another.
 *
 * @param sharedBytes the packs that both have
 */
public record SharedImage(RepositoryName repository, Tag tag, long sharedBytes) {}
