/** Manifests as text: YAML and JSON, to and from. */
@NullMarked
package io.dvcr.cli.manifest;

import org.jspecify.annotations.NullMarked;
