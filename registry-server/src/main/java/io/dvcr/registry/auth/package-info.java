/**
 * Who sends a request: passwords, tokens of our own and of others, robots, certificates. And where tokens are made: the
 * token protocol of the distribution project, specified in its docs/content/spec/auth.
 */
@NullMarked
package io.dvcr.registry.auth;

import org.jspecify.annotations.NullMarked;
