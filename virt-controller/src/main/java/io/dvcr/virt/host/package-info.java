/** The ports of a host that runs machines: what runs them, and where their images come from. */
@NullMarked
package io.dvcr.virt.host;

import org.jspecify.annotations.NullMarked;
