/** Images on the server's own host: which files and devices may be read, and how they are without being led astray. */
@NullMarked
package io.dvcr.importers.volume;

import org.jspecify.annotations.NullMarked;
