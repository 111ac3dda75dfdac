package io.dvcr.importers.image;

import io.dvcr.converters.disk.DiskManifest;

/**
 * An image of this registry and the manifest of its disk.
 *
 * @param mediaType of the manifest that {@code details} gives the digest of
 */
public record StoredImage(ImageDetails details, String mediaType, DiskManifest disk) {}
