/** What imports leave on the disk of the server's host: while they pass, and to go on with after a restart. */
@NullMarked
package io.dvcr.importers.scratch;

import org.jspecify.annotations.NullMarked;
