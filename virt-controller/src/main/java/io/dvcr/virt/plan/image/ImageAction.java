package io.dvcr.virt.plan.image;

import io.dvcr.virt.runtime.ImageDescription;

/** One step towards the image that is asked for. Each is safe to repeat. */
public sealed interface ImageAction {

    /** Sees to it that the resource stays until the image is gone. */
    record Hold() implements ImageAction {}

    /** Has the registry import what the spec names. */
    record BeginImport() implements ImageAction {}

    /** Has the registry wait for an upload. */
    record BeginUpload() implements ImageAction {}

    /** Gives an image that is there the name of this one. */
    record CopyImage(ImageDescription from) implements ImageAction {}

    /** Begins to make the image of a volume, in the background. */
    record PushVolume() implements ImageAction {}

    /** Ends what goes on, in the registry or in the background. */
    record CancelTransfer() implements ImageAction {}

    record DeleteImage() implements ImageAction {}

    /** Lets the resource go. */
    record Release() implements ImageAction {}
}
