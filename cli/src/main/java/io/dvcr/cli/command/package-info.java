/** The commands that talk to a server, one class each. */
@NullMarked
package io.dvcr.cli.command;

import org.jspecify.annotations.NullMarked;
