/** Volumes as files, overlays and logical volumes of one host. */
@NullMarked
package io.dvcr.virt.volumes;

import org.jspecify.annotations.NullMarked;
