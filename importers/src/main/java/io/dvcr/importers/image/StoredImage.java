package io.dvcr.importers.image;

import io.dvcr.converters.disk.DiskManifest;

/** An image of this registry and the manifest of its disk. */
public record StoredImage(ImageDetails details, DiskManifest disk) {}
