/** Reaches the registry, by HTTP only. */
@NullMarked
package io.dvcr.virt.registry;

import org.jspecify.annotations.NullMarked;
