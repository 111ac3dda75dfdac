package io.dvcr.virt.plan.attachment;

import io.dvcr.virt.plan.attachment.AttachmentAction.Attach;
import io.dvcr.virt.plan.attachment.AttachmentAction.Detach;
import io.dvcr.virt.plan.attachment.AttachmentAction.Hold;
import io.dvcr.virt.plan.attachment.AttachmentAction.Release;
import io.dvcr.virt.plan.attachment.AttachmentObserved.DeviceState;
import io.dvcr.virt.runtime.Domain.Absent;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.Inactive;
import io.dvcr.virt.runtime.Domain.Unknown;
import java.util.ArrayList;
import java.util.List;

/** What to do next for an attachment. */
public final class AttachmentPlan {
    private AttachmentPlan() {}

    /** Returns the next steps, in order; none when all is done or something has to be waited for. */
    public static List<AttachmentAction> plan(AttachmentObserved observed) {
        if (observed.terminating()) {
            return observed.held() ? detach(observed) : List.of();
        }
        List<AttachmentAction> steps = new ArrayList<>();
        if (!observed.held()) {
            steps.add(new Hold());
        }
        boolean isRunning = observed.domain() instanceof Active active && active.activity() != Activity.SHUTTING_DOWN;
        if (isRunning && !observed.isAttached() && observed.device() instanceof DeviceState.Ready(var device)) {
            steps.add(new Attach(device));
        }
        return List.copyOf(steps);
    }

    private static List<AttachmentAction> detach(AttachmentObserved observed) {
        return switch (observed.domain()) {
            case Unknown _ -> List.of();
            case Active _ when observed.isAttached() -> List.of(new Detach());
            case Active _, Inactive _, Absent _ -> List.of(new Release());
        };
    }
}
