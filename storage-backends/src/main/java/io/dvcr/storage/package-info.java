/** Content addressing and the values of an OCI registry: digests, names, references, and what can go wrong. */
@NullMarked
package io.dvcr.storage;

import org.jspecify.annotations.NullMarked;
