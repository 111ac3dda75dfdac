/** What becomes of a VirtualMachineOperation: pure functions. */
@NullMarked
package io.dvcr.virt.plan.operation;

import org.jspecify.annotations.NullMarked;
