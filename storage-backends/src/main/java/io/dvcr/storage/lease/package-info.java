/** Who of several servers over one store may do what only one may do at a time. */
@NullMarked
package io.dvcr.storage.lease;

import org.jspecify.annotations.NullMarked;
