/** What becomes of a ClusterVirtualMachineImage or VirtualMachineImage: pure functions. */
@NullMarked
package io.dvcr.virt.plan.image;

import org.jspecify.annotations.NullMarked;
