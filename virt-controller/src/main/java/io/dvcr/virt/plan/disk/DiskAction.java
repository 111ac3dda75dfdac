package io.dvcr.virt.plan.disk;

import io.dvcr.virt.runtime.ImageDescription;

/** One step towards the disk that is asked for. Each is safe to repeat. */
public sealed interface DiskAction {

    /** Sees to it that the resource stays until the volume is gone. */
    record Hold() implements DiskAction {}

    /** Has the registry import what the spec names. */
    record BeginImport() implements DiskAction {}

    /** Has the registry wait for an upload. */
    record BeginUpload() implements DiskAction {}

    /** Begins to make an image of another volume, in the background. */
    record PushVolume() implements DiskAction {}

    /** Notes what the disk is made of, for good. */
    record Remember(ImageDescription source) implements DiskAction {}

    record CreateBlank(long bytes) implements DiskAction {}

    /** Begins to make the volume of an image, in the background. */
    record Fill(ImageDescription source, long bytes) implements DiskAction {}

    record Grow(long bytes) implements DiskAction {}

    /** Has the guest see how large the volume is. */
    record ResizeInGuest(long bytes) implements DiskAction {}

    /** Removes what was imported for this disk alone, now that the volume has it. */
    record DropImport() implements DiskAction {}

    /** Ends what goes on, in the registry or in the background. */
    record CancelTransfer() implements DiskAction {}

    record DeleteVolume() implements DiskAction {}

    /** Lets the resource go. */
    record Release() implements DiskAction {}
}
