/** What a declarative resource is, whichever its kind: name, metadata, fields, manifests. Knows no kind by name. */
@NullMarked
package io.dvcr.virt.resource;

import org.jspecify.annotations.NullMarked;
