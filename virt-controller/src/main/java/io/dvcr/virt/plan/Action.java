package io.dvcr.virt.plan;

import io.dvcr.virt.machine.Accelerator;

/** One step towards what is desired. Each is safe to repeat. */
public sealed interface Action {

    /** Begins to make the volume in the background; a half-made one is made anew. */
    record CreateVolume() implements Action {}

    record DefineDomain(Accelerator accelerator) implements Action {}

    record StartDomain() implements Action {}

    /** Presses the power button; the guest decides what that means. */
    record ShutdownDomain() implements Action {}

    /** Pulls the plug. */
    record DestroyDomain() implements Action {}

    record UndefineDomain() implements Action {}

    /** Removes the volume, half-made or whole; ends its making. */
    record DeleteVolume() implements Action {}

    /** Removes the machine itself. */
    record Forget() implements Action {}

    /** Notes that the run that was asked for has begun, so that its end can be told from its not having begun. */
    record RecordStarted() implements Action {}

    /** Notes that the run that was to end has ended. */
    record RecordStopped() implements Action {}

    /** Notes that the machine was turned off from within or by hand: it is to stay off. */
    record RecordPoweredOff() implements Action {}

    /** Notes that the run ended against everyone's will: it is to begin again, not too soon. */
    record RecordCrash() implements Action {}
}
