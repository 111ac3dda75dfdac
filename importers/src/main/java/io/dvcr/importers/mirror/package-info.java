/** Other registries' content, fetched when it is asked for and kept for the next time. */
@NullMarked
package io.dvcr.importers.mirror;

import org.jspecify.annotations.NullMarked;
