/** What becomes of a VirtualMachineDisk: pure functions. */
@NullMarked
package io.dvcr.virt.plan.disk;

import org.jspecify.annotations.NullMarked;
