package io.dvcr.virt.volumes;

/** How the volumes of one storage class are kept. */
public sealed interface StorageClass {

    /** Each a sparse raw file, a whole copy of its image. */
    record File() implements StorageClass {}

    /**
     * Each a qcow2 file that has what was written since, over one read-only copy of the image that all volumes made of it
     * share. Ready at once, where the copy is there; blank volumes are as those of {@link File}.
     */
    record Overlay() implements StorageClass {}
}
