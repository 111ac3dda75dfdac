package io.dvcr.virt.plan.disk;

import io.dvcr.virt.api.VirtualMachineDiskStatus.Phase;
import io.dvcr.virt.plan.Told;
import io.dvcr.virt.plan.image.ImageTold;
import io.dvcr.virt.resource.Condition.Status;
import io.dvcr.virt.resource.Quantity;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import io.dvcr.virt.runtime.Volumes.Volume;
import java.util.Optional;

/** What to say of a disk. */
public final class DiskTold {
    private DiskTold() {}

    /** A pure function of what is so. */
    public static Told<Phase> of(DiskObserved observed) {
        if (observed.terminating()) {
            return observed.users().isEmpty()
                    ? Told.notReady(Phase.Terminating, "Deleting", "")
                    : Told.notReady(Phase.Terminating, "InUse", "is used by " + String.join(", ", observed.users()));
        }
        return switch (observed.volume()) {
            case Volume.Ready ready -> ready(observed, ready.bytes());
            case Volume.Filling _ -> Told.notReady(Phase.Provisioning, "Filling", "");
            case Volume.Absent _, Volume.Failed _
            when observed.wasReady() -> Told.notReady(Phase.Lost, "VolumeLost", "its volume is not there any more");
            case Volume.Failed(var cause) ->
                Told.notReady(Phase.Provisioning, "FillFailed", messageOf(cause) + "; it is tried again");
            case Volume.Absent _ -> toBeMade(observed);
        };
    }

    private static Told<Phase> ready(DiskObserved observed, long bytes) {
        long requested = observed.requestedBytes().orElse(bytes);
        if (requested > bytes || (observed.wasReady() && bytes > observed.guestBytes())) {
            return Told.notReady(
                    Phase.Resizing, "Resizing", "grows to " + Quantity.ofBytes(Math.max(requested, bytes)));
        }
        if (requested < bytes) {
            return new Told<>(
                    Phase.Ready,
                    Told.READY,
                    Status.True,
                    "CannotShrink",
                    "is " + bytes + " bytes large and cannot shrink to " + requested);
        }
        return Told.ready(Phase.Ready);
    }

    private static Told<Phase> toBeMade(DiskObserved observed) {
        Optional<ImageDescription> source = observed.source();
        if (source.isPresent() && source.get().cdrom()) {
            return Told.notReady(
                    Phase.Failed,
                    "ImageIsCdrom",
                    source.get().reference()
                            + " is a CD-ROM, which no disk can be made of: give it to the machine itself");
        }
        if (source.isPresent()
                && observed.requestedBytes().orElse(Long.MAX_VALUE)
                        < source.get().virtualSizeBytes()) {
            return Told.notReady(
                    Phase.Failed,
                    "SizeTooSmall",
                    "the image needs " + source.get().virtualSizeBytes() + " bytes ("
                            + Quantity.ofBytes(source.get().virtualSizeBytes()) + "), the disk has "
                            + observed.requestedBytes().orElseThrow());
        }
        return switch (observed.transfer()) {
            case Transfer.Running _, Transfer.Succeeded _ -> Told.notReady(Phase.Provisioning, "Importing", "");
            case Transfer.Queued _ -> Told.notReady(Phase.Pending, "Queued", "the import waits for its turn");
            case Transfer.AwaitingUpload _ -> Told.notReady(Phase.WaitForUserUpload, "WaitForUserUpload", "");
            case Transfer.Failed failed ->
                Told.notReady(Phase.Failed, ImageTold.reasonOf(failed.code()), failed.message());
            case Transfer.None _ ->
                observed.origin() instanceof Origin.NotReady(var reason, var message)
                        ? Told.notReady(Phase.Pending, reason, message)
                        : Told.notReady(Phase.Pending, "Starting", "");
        };
    }

    private static String messageOf(Exception cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
