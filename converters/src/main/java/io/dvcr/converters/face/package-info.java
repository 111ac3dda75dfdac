/** The faces of a disk: what others than DVCR expect one to look like, made of the frames of its packs. */
@NullMarked
package io.dvcr.converters.face;

import org.jspecify.annotations.NullMarked;
