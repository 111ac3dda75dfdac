/** Where images come from, and what makes a source trustworthy enough to read: HTTP so far. */
@NullMarked
package io.dvcr.importers.source;

import org.jspecify.annotations.NullMarked;
