/** The programs of QEMU, run under limits on the one file each is to touch. */
@NullMarked
package io.dvcr.converters.qemu;

import org.jspecify.annotations.NullMarked;
