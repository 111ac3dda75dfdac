/** What becomes of a VirtualMachine: pure functions. */
@NullMarked
package io.dvcr.virt.plan.machine;

import org.jspecify.annotations.NullMarked;
