package io.dvcr.virt.plan.image;

import io.dvcr.virt.api.ImageStatus.Phase;
import io.dvcr.virt.plan.Told;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import java.util.Locale;

/** What to say of an image. */
public final class ImageTold {
    private ImageTold() {}

    /** A pure function of what is so. */
    public static Told<Phase> of(ImageObserved observed) {
        if (observed.terminating()) {
            return observed.users().isEmpty()
                    ? Told.notReady(Phase.Terminating, "Deleting", "")
                    : Told.notReady(Phase.Terminating, "InUse", "is used by " + String.join(", ", observed.users()));
        }
        if (observed.stored().isPresent()) {
            return Told.ready(Phase.Ready);
        }
        if (observed.wasReady()) {
            return Told.notReady(Phase.ImageLost, "ImageLost", "the registry does not have it any more");
        }
        return switch (observed.transfer()) {
            case Transfer.Running _ -> Told.notReady(Phase.Provisioning, "Importing", "");
            case Transfer.Succeeded _ -> Told.notReady(Phase.Provisioning, "Publishing", "");
            case Transfer.Queued _ -> Told.notReady(Phase.Pending, "Queued", "the import waits for its turn");
            case Transfer.AwaitingUpload _ -> Told.notReady(Phase.WaitForUserUpload, "WaitForUserUpload", "");
            case Transfer.Failed failed -> Told.notReady(Phase.Failed, reasonOf(failed.code()), failed.message());
            case Transfer.None _ ->
                observed.origin() instanceof Origin.NotReady(var reason, var message)
                        ? Told.notReady(Phase.Pending, reason, message)
                        : Told.notReady(Phase.Pending, "Starting", "");
        };
    }

    /** {@code SOURCE_UNREACHABLE} becomes {@code SourceUnreachable}. */
    public static String reasonOf(String code) {
        StringBuilder reason = new StringBuilder();
        for (String word : code.split("_", -1)) {
            if (!word.isEmpty()) {
                reason.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
            }
        }
        return reason.toString();
    }
}
