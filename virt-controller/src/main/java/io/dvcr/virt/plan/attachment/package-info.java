/** What becomes of a VirtualMachineBlockDeviceAttachment: pure functions. */
@NullMarked
package io.dvcr.virt.plan.attachment;

import org.jspecify.annotations.NullMarked;
