package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;

/** Reads blobs again to see whether they are what their digests say. Not thread-safe: it has one buffer. */
final class BlobHasher {
    private static final int BUFFER_BYTES = 256 * 1024;

    /** Memory and buses err too, though hardly twice. */
    private static final int READINGS = 2;

    private final byte[] buffer = new byte[BUFFER_BYTES];

    /** Where the bytes of a blob come from. */
    interface Source {
        /** @throws NoSuchFileException if the blob is not there, which ends the reading */
        InputStream open() throws IOException;
    }

    /** Is told of every few bytes that were read. */
    interface Progress {
        /** @throws IOException to stop */
        void read(long bytes) throws IOException;
    }

    /** The blob's bytes cannot be had, as opposed to other failures, which are not of this blob alone. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1L;

        UnreadableException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Whether what {@code source} opens is of this digest.
     *
     * @throws UnreadableException if it cannot be read
     */
    boolean matches(Digest digest, Source source, Progress progress) throws IOException {
        for (int reading = 1; reading <= READINGS; reading++) {
            if (hash(source, digest.algorithm(), progress).equals(digest)) {
                return true;
            }
        }
        return false;
    }

    private Digest hash(Source source, Algorithm algorithm, Progress progress) throws IOException {
        RunningHash hash = new RunningHash(algorithm);
        try (InputStream in = open(source)) {
            int read;
            while ((read = read(in)) >= 0) {
                hash.update(buffer, read);
                progress.read(read);
            }
        }
        return hash.digest();
    }

    private static InputStream open(Source source) throws IOException {
        try {
            return source.open();
        } catch (NoSuchFileException | StoreUnavailableException e) {
            throw e;
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }

    private int read(InputStream in) throws IOException {
        try {
            return in.read(buffer);
        } catch (StoreUnavailableException e) {
            throw e;
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }
}
