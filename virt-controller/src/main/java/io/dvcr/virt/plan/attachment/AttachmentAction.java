package io.dvcr.virt.plan.attachment;

import io.dvcr.virt.runtime.Device;

/** One step towards the attachment that is asked for. Each is safe to repeat. */
public sealed interface AttachmentAction {

    /** Sees to it that the resource stays until the device is detached. */
    record Hold() implements AttachmentAction {}

    record Attach(Device device) implements AttachmentAction {}

    /** Asks the guest to let it go. */
    record Detach() implements AttachmentAction {}

    /** Lets the resource go. */
    record Release() implements AttachmentAction {}
}
