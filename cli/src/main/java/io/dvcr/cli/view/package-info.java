/** Resources as people read them in a terminal. */
@NullMarked
package io.dvcr.cli.view;

import org.jspecify.annotations.NullMarked;
