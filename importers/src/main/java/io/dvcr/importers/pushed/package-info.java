/** Disks in what clients push as they are: which layer may be one, and how its bytes come out of it. */
@NullMarked
package io.dvcr.importers.pushed;

import org.jspecify.annotations.NullMarked;
