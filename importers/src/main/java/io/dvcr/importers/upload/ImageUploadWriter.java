package io.dvcr.importers.upload;

import io.dvcr.importers.job.ImportJob;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.SizeInvalid;
import io.dvcr.storage.RegistryError.TooLarge;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.IncomingFile;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;

/** An upload on its way in, held by one writer until it is closed. Closing changes nothing. Not thread-safe. */
public final class ImageUploadWriter implements AutoCloseable {
    private final IncomingFile file;
    private final ImageUploads uploads;
    private ImageUpload upload;

    ImageUploadWriter(IncomingFile file, ImageUpload upload, ImageUploads uploads) {
        this.file = file;
        this.upload = upload;
        this.uploads = uploads;
    }

    /** How many bytes have come so far: where the upload goes on. */
    public long offset() {
        return file.length();
    }

    /** Whether as many bytes have come as the client said there are. */
    public boolean isWhole() {
        return upload.request().size().isPresent() && upload.request().size().getAsLong() == offset();
    }

    /**
     * Says how large the file is, for a client that learns it after it has begun.
     *
     * @throws RegistryException with {@link Conflict} if it has said something else, or more has come already
     */
    public void announce(long size) throws IOException {
        if (upload.request().size().orElse(size) != size || size < offset()) {
            throw new RegistryException(new Conflict("the upload cannot have " + size + " bytes: "
                    + (upload.request().size().isPresent()
                            ? upload.request().size().getAsLong() + " were announced"
                            : offset() + " have come")));
        }
        requireAllowed(size);
        if (upload.request().size().isEmpty()) {
            upload = upload.sized(size);
            file.store(upload.toJson());
        }
    }

    /**
     * Says how many bytes will come now.
     *
     * @throws RegistryException with {@link TooLarge} if the file would be larger than it may, or than was announced
     */
    public void requireRoom(long bytes) {
        if (bytes > limit() - offset()) {
            throw new RegistryException(new TooLarge("the file", limit()));
        }
    }

    private void requireAllowed(long size) {
        if (size > uploads.maxBytes()) {
            throw new RegistryException(new TooLarge("the file", uploads.maxBytes()));
        }
    }

    private long limit() {
        return Math.min(uploads.maxBytes(), upload.request().size().orElse(Long.MAX_VALUE));
    }

    /**
     * Takes all bytes of {@code content}. When this returns they are durable; when reading fails, those that came
     * before are.
     *
     * @throws RegistryException with {@link TooLarge} if the file would be larger than it may, or than was announced
     */
    public void append(InputStream content) throws IOException {
        file.append(content, limit());
    }

    /** The same if what comes hashes to {@code expected}, else takes nothing; returns whether it does. */
    public boolean appendVerified(InputStream content, MessageDigest hash, byte[] expected) throws IOException {
        return file.appendVerified(content, limit(), hash, expected);
    }

    /** Forgets what has come, for a client that sends the file from its beginning. */
    public void restart() throws IOException {
        file.clear();
    }

    /**
     * Ends the upload: what has come is the file. It can be used no more.
     *
     * @return the import of it; empty if it has to wait for others to be submitted
     * @throws RegistryException with {@link SizeInvalid} if there are fewer bytes than were announced, which are kept,
     *     or whatever an import is refused for, which removes them
     */
    public Optional<ImportJob> finish() throws IOException {
        long announced = upload.request().size().orElse(offset());
        if (announced != offset()) {
            throw new RegistryException(new SizeInvalid(announced, offset()));
        }
        return uploads.finish(file, upload);
    }

    /** Ends the upload and removes its bytes. */
    public void cancel() throws IOException {
        file.remove();
    }

    @Override
    public void close() {
        file.close();
    }
}
