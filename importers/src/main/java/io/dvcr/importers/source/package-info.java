/** Where images come from, and what makes a source trustworthy enough to read: one class a kind of source. */
@NullMarked
package io.dvcr.importers.source;

import org.jspecify.annotations.NullMarked;
