/**
 * The disk artifact: a disk as block-aligned, content-defined chunks in packs, with an index. The format is specified
 * in {@code docs/disk-artifact.md}; section numbers in this package are of that document.
 */
@NullMarked
package io.dvcr.converters.disk;

import org.jspecify.annotations.NullMarked;
