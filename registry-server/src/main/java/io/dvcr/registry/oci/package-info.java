/** {@code /v2}: the OCI distribution specification 1.1, one class for each kind of content. */
@NullMarked
package io.dvcr.registry.oci;

import org.jspecify.annotations.NullMarked;
