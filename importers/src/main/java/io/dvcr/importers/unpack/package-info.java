/** From a source as it is served to the disk image file in it: compressions, tars, and what unpacking them may take. */
@NullMarked
package io.dvcr.importers.unpack;

import org.jspecify.annotations.NullMarked;
