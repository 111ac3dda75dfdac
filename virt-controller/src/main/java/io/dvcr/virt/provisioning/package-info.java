/** Discs that set guests up. */
@NullMarked
package io.dvcr.virt.provisioning;

import org.jspecify.annotations.NullMarked;
