package io.dvcr.virt.plan.disk;

import io.dvcr.virt.plan.disk.DiskAction.BeginImport;
import io.dvcr.virt.plan.disk.DiskAction.BeginUpload;
import io.dvcr.virt.plan.disk.DiskAction.CancelTransfer;
import io.dvcr.virt.plan.disk.DiskAction.CreateBlank;
import io.dvcr.virt.plan.disk.DiskAction.DeleteVolume;
import io.dvcr.virt.plan.disk.DiskAction.DropImport;
import io.dvcr.virt.plan.disk.DiskAction.Fill;
import io.dvcr.virt.plan.disk.DiskAction.Grow;
import io.dvcr.virt.plan.disk.DiskAction.Hold;
import io.dvcr.virt.plan.disk.DiskAction.PushVolume;
import io.dvcr.virt.plan.disk.DiskAction.Release;
import io.dvcr.virt.plan.disk.DiskAction.Remember;
import io.dvcr.virt.plan.disk.DiskAction.ResizeInGuest;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import io.dvcr.virt.runtime.Volumes.Volume;
import java.util.ArrayList;
import java.util.List;

/** What to do next for a disk. */
public final class DiskPlan {
    private DiskPlan() {}

    /** Returns the next steps, in order; none when all is done or something has to be waited for. */
    public static List<DiskAction> plan(DiskObserved observed) {
        if (observed.terminating()) {
            return delete(observed);
        }
        List<DiskAction> steps = new ArrayList<>();
        if (!observed.held()) {
            steps.add(new Hold());
        }
        switch (observed.volume()) {
            case Volume.Ready ready -> keep(observed, ready.bytes(), steps);
            case Volume.Filling _ -> {}
            case Volume.Absent _, Volume.Failed _ -> {
                if (!observed.wasReady()) {
                    make(observed, steps);
                }
            }
        }
        return List.copyOf(steps);
    }

    private static void keep(DiskObserved observed, long bytes, List<DiskAction> steps) {
        long requested = observed.requestedBytes().orElse(bytes);
        if (requested > bytes) {
            steps.add(new Grow(requested));
        }
        if (observed.wasReady() && Math.max(requested, bytes) > observed.guestBytes()) {
            steps.add(new ResizeInGuest(Math.max(requested, bytes)));
        }
        if (observed.imported()) {
            steps.add(new DropImport());
        }
    }

    private static void make(DiskObserved observed, List<DiskAction> steps) {
        if (observed.source().isPresent()) {
            fill(observed, observed.source().get(), steps);
        } else if (observed.origin() instanceof Origin.Blank) {
            observed.requestedBytes().ifPresent(bytes -> steps.add(new CreateBlank(bytes)));
        } else if (observed.transfer().isToBegin(observed.now())) {
            begin(observed.origin(), steps);
        }
    }

    private static void fill(DiskObserved observed, ImageDescription source, List<DiskAction> steps) {
        long bytes = observed.requestedBytes().orElse(source.virtualSizeBytes());
        if (bytes < source.virtualSizeBytes() || source.cdrom()) {
            return;
        }
        if (observed.remembered().isEmpty()) {
            steps.add(new Remember(source));
        }
        steps.add(new Fill(source, bytes));
    }

    private static void begin(Origin origin, List<DiskAction> steps) {
        switch (origin) {
            case Origin.External _ -> steps.add(new BeginImport());
            case Origin.Upload _ -> steps.add(new BeginUpload());
            case Origin.Volume _ -> steps.add(new PushVolume());
            case Origin.Image _, Origin.Blank _, Origin.NotReady _ -> {}
        }
    }

    private static List<DiskAction> delete(DiskObserved observed) {
        if (!observed.users().isEmpty() || !observed.held()) {
            return List.of();
        }
        List<DiskAction> steps = new ArrayList<>();
        if (!(observed.transfer() instanceof Transfer.None)) {
            steps.add(new CancelTransfer());
        }
        if (!(observed.volume() instanceof Volume.Absent)) {
            steps.add(new DeleteVolume());
        }
        if (observed.imported()) {
            steps.add(new DropImport());
        }
        steps.add(new Release());
        return List.copyOf(steps);
    }
}
