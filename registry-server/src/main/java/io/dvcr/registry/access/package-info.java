/** Who may do what: values that every endpoint states its needs in, and whoever guards the server answers. */
@NullMarked
package io.dvcr.registry.access;

import org.jspecify.annotations.NullMarked;
