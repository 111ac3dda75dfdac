/** The images of this registry: what is known of each, and its disk as it is kept in the content store. */
@NullMarked
package io.dvcr.importers.image;

import org.jspecify.annotations.NullMarked;
