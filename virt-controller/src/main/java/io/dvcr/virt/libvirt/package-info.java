/** Machines as domains of libvirt: the only code that calls it. */
@NullMarked
package io.dvcr.virt.libvirt;

import org.jspecify.annotations.NullMarked;
