package io.dvcr.virt.runtime;

import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** Where the images of machines come from: a registry. Implementations are thread-safe. */
public interface Images {

    /**
     * What {@code reference} means now.
     *
     * @param reference such as {@code vms/debian:12} or {@code vms/debian@sha256:…}
     * @throws RegistryException if there is no such image, or it is no disk
     * @throws IOException if the registry cannot be asked; it is asked again later
     */
    ImageDescription describe(String reference) throws IOException;

    /**
     * Writes the image, by its digest, to {@code target} as a raw disk, sparse where it is zero, exactly
     * {@link ImageDescription#virtualSizeBytes()} long. Ends soon with an {@link IOException} when its thread is
     * interrupted.
     *
     * @param target does not exist yet; what is left there on failure is removed by the caller
     * @param progress takes how many bytes of the disk are done, now and then, from any thread
     * @throws RegistryException if there is no such image any more
     * @throws IOException if it did not come in whole; it is fetched again later
     */
    void download(ImageDescription image, Path target, LongConsumer progress) throws IOException;
}
