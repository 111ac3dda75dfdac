/** What a disk image is, whatever its format: bytes in order, or bytes at random. */
@NullMarked
package io.dvcr.converters;

import org.jspecify.annotations.NullMarked;
