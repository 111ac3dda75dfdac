/** {@code dvcr serve}: the registry and the single-host controller in one process. */
@NullMarked
package io.dvcr.cli.serve;

import org.jspecify.annotations.NullMarked;
