package io.dvcr.virt.plan.image;

import io.dvcr.virt.plan.image.ImageAction.BeginImport;
import io.dvcr.virt.plan.image.ImageAction.BeginUpload;
import io.dvcr.virt.plan.image.ImageAction.CancelTransfer;
import io.dvcr.virt.plan.image.ImageAction.CopyImage;
import io.dvcr.virt.plan.image.ImageAction.DeleteImage;
import io.dvcr.virt.plan.image.ImageAction.Hold;
import io.dvcr.virt.plan.image.ImageAction.PushVolume;
import io.dvcr.virt.plan.image.ImageAction.Release;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import java.util.ArrayList;
import java.util.List;

/** What to do next for an image. */
public final class ImagePlan {
    private ImagePlan() {}

    /** Returns the next steps, in order; none when all is done or something has to be waited for. */
    public static List<ImageAction> plan(ImageObserved observed) {
        if (observed.terminating()) {
            return delete(observed);
        }
        List<ImageAction> steps = new ArrayList<>();
        if (!observed.held()) {
            steps.add(new Hold());
        }
        if (observed.outdated() && !(observed.transfer() instanceof Transfer.None)) {
            steps.add(new CancelTransfer());
        } else if (observed.stored().isEmpty()
                && !observed.wasReady()
                && observed.transfer().isToBegin(observed.now())) {
            begin(observed.origin(), steps);
        }
        return List.copyOf(steps);
    }

    private static void begin(Origin origin, List<ImageAction> steps) {
        switch (origin) {
            case Origin.External _ -> steps.add(new BeginImport());
            case Origin.Upload _ -> steps.add(new BeginUpload());
            case Origin.Image from -> steps.add(new CopyImage(from.image()));
            case Origin.Volume _ -> steps.add(new PushVolume());
            case Origin.Blank _, Origin.NotReady _ -> {}
        }
    }

    private static List<ImageAction> delete(ImageObserved observed) {
        if (!observed.users().isEmpty() || !observed.held()) {
            return List.of();
        }
        List<ImageAction> steps = new ArrayList<>();
        if (!(observed.transfer() instanceof Transfer.None)) {
            steps.add(new CancelTransfer());
        }
        if (observed.stored().isPresent()) {
            steps.add(new DeleteImage());
        }
        steps.add(new Release());
        return List.copyOf(steps);
    }
}
