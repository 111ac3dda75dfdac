/** {@code dvcr}: one command, wiring everything. */
@NullMarked
package io.dvcr.cli;

import org.jspecify.annotations.NullMarked;
