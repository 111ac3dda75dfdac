/**
 * What an image file is, decided by its bytes before any other tool opens it. Every image is hostile until {@link
 * io.dvcr.converters.format.ImageInspector} has passed it.
 */
@NullMarked
package io.dvcr.converters.format;

import org.jspecify.annotations.NullMarked;
