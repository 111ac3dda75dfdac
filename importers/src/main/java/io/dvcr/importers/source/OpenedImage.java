package io.dvcr.importers.source;

import java.io.Closeable;

/** What there is at a source: a file with an image, or a disk that is in chunks already. Used by one thread. */
public sealed interface OpenedImage extends Closeable permits OpenedSource, OpenedDisk {}
