/**
 * The resources of {@code virtualization.deckhouse.io/v1alpha2}, and the Secrets that they name: specs and statuses as
 * records, for the single host and Kubernetes alike. {@link io.dvcr.virt.api.Kinds} lists them.
 */
@NullMarked
package io.dvcr.virt.api;

import org.jspecify.annotations.NullMarked;
