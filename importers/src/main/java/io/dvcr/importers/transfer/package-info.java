/** Disks between local files and any OCI registry: what {@code dvcr push} and {@code dvcr pull} do. */
@NullMarked
package io.dvcr.importers.transfer;

import org.jspecify.annotations.NullMarked;
