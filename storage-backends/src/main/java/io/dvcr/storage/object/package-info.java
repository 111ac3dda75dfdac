/** Where bytes lie: one small interface, and the file system behind it. */
@NullMarked
package io.dvcr.storage.object;

import org.jspecify.annotations.NullMarked;
