/** The resources of this host over HTTP, by the paths and in the shapes of Kubernetes' API. */
@NullMarked
package io.dvcr.cli.resource;

import org.jspecify.annotations.NullMarked;
