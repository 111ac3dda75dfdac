package io.dvcr.importers.mirror;

import io.dvcr.storage.content.StoredManifest;

/**
 * A manifest of a mirrored registry.
 *
 * @param stale whether the registry could not be asked if the tag still names it
 */
public record MirroredManifest(StoredManifest manifest, boolean stale) {}
