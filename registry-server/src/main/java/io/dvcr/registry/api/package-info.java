/** {@code /api/v1}: imports and images. */
@NullMarked
package io.dvcr.registry.api;

import org.jspecify.annotations.NullMarked;
