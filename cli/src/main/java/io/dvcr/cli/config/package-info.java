/** The configuration of a server: one record tree, read once from YAML, the environment and the command line. */
@NullMarked
package io.dvcr.cli.config;

import org.jspecify.annotations.NullMarked;
