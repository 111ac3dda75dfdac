package io.dvcr.virt.runtime;

import java.io.IOException;
import java.util.Optional;

/**
 * Where disks are kept. A volume is known by the uid of the resource that it is for, or, where it is the read-only copy of
 * an image that many machines share, by the image's digest. Every call is safe to repeat. A volume that is being made
 * survives a crash of the controller half-made: it goes on, or begins again, when it is asked for again. Implementations
 * are thread-safe.
 */
public interface Volumes {

    /** What there is of a volume now. */
    Volume find(String uid) throws IOException;

    /**
     * Makes a volume of zeros.
     *
     * @param storageClass empty for the default one
     * @throws io.dvcr.storage.RegistryException if there is no such class
     */
    void createBlank(String uid, Optional<String> storageClass, long bytes) throws IOException;

    /**
     * Begins to make a volume of an image, in the background, unless that is under way or done.
     *
     * @param bytes not less than the image's virtual size; what is beyond is zeros
     * @param changed called, by any thread, when it has come further or has ended
     * @throws io.dvcr.storage.RegistryException if there is no such class
     */
    void createFromImage(
            String uid,
            Optional<String> storageClass,
            ImageDescription image,
            long bytes,
            boolean readOnly,
            Runnable changed)
            throws IOException;

    /** Makes a volume larger, if it is smaller. It may be in use. */
    void grow(String uid, long bytes) throws IOException;

    /** Removes a volume, whole or half-made; ends its making. */
    void delete(String uid) throws IOException;

    /** What is given to a storage class that is not named. */
    String defaultStorageClass();

    /** A volume. */
    sealed interface Volume {
        record Absent() implements Volume {}

        /** @param percent how much of it is there, 0 to 100 */
        record Filling(int percent, long doneBytes) implements Volume {}

        /** Its making failed, and is not under way any more. It is tried again when it is asked for again. */
        record Failed(Exception cause) implements Volume {}

        /** @param bytes what a guest sees */
        record Ready(Device device, long bytes) implements Volume {}
    }
}
