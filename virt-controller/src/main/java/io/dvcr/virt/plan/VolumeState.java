package io.dvcr.virt.plan;

/** How far a machine's volume is. */
public sealed interface VolumeState {

    /** Not there; a half-made one that nobody works on counts as such. */
    record Absent() implements VolumeState {}

    /** Being made in the background, {@code percent} done. */
    record Filling(int percent) implements VolumeState {}

    /** Complete. */
    record Ready() implements VolumeState {}
}
