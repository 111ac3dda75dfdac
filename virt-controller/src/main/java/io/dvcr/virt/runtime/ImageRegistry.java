package io.dvcr.virt.runtime;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.DataSource;
import io.dvcr.virt.api.DataSource.Checksum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The registry that keeps images and makes them, by its jobs, of what it is given. Every call is safe to repeat.
 * Implementations are thread-safe.
 */
public interface ImageRegistry {

    /**
     * The image that {@code reference} names now; empty if there is none.
     *
     * @throws RegistryException if what is there is no disk
     * @throws IOException if the registry cannot be asked
     */
    Optional<StoredImage> find(String reference) throws IOException;

    /**
     * An image in the registry.
     *
     * @param storedBytes what it takes there
     * @param format of the file that it was made of, such as {@code qcow2}
     */
    record StoredImage(ImageDescription description, long storedBytes, String format) {}

    /**
     * Where {@code source} names an image of this very registry, that image's reference; else empty.
     *
     * @param image as a manifest writes it: with the registry's host and port, or without any
     */
    Optional<String> ownImage(String image);

    /**
     * Begins to import from a web server or another registry; joins the same import where that is under way.
     *
     * @return the job's id
     * @throws RegistryException with {@link RequestInvalid}, among others, if the registry refuses
     */
    String beginImport(String target, DataSource source) throws IOException;

    /**
     * Lets a person upload.
     *
     * @return the path of the upload, which is a secret
     */
    String beginUpload(String target, Optional<Checksum> checksum) throws IOException;

    /** How the job or upload that {@code begin…} returned is getting on. */
    Transfer transfer(String id) throws IOException;

    /** Ends a job or upload, if it goes on. */
    void cancel(String id) throws IOException;

    /** Gives an image a second name. */
    void copy(ImageDescription image, String target) throws IOException;

    /**
     * Makes an image of a raw disk that nobody writes to. Ends soon with an {@link IOException} when its thread is
     * interrupted.
     *
     * @param percent is told how far it is
     */
    void push(Path disk, String target, IntConsumer percent) throws IOException;

    /** Removes the name, and the image with its last name. */
    void delete(String reference) throws IOException;

    /** {@code reference} as clients outside write it. */
    String url(String reference);
}
