/** Disks over the NBD protocol on Unix sockets: reading those of others, and serving ours. */
@NullMarked
package io.dvcr.converters.nbd;

import org.jspecify.annotations.NullMarked;
