/** Disk images in a registry, this one or another, read over HTTP. */
@NullMarked
package io.dvcr.importers.registry;

import org.jspecify.annotations.NullMarked;
