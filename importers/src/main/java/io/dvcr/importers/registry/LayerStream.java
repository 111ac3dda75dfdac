package io.dvcr.importers.registry;

import io.dvcr.importers.source.SourceError.BlobMismatch;
import io.dvcr.importers.source.SourceError.RegistryFailed;
import io.dvcr.importers.source.SourceException;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Descriptor;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;

/**
 * The disk image file in a layer, as it comes from a registry. It ends only when the layer has been read to its end and
 * has the digest that the manifest gives it. Not thread-safe.
 */
final class LayerStream extends InputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private final String image;
    private final InputStream file;
    private final Hashed layer;
    private final Closeable connection;
    private boolean ended;

    /**
     * @param image for messages
     * @param connection closed with this
     */
    LayerStream(String image, InputStream file, Hashed layer, Closeable connection) {
        this.image = image;
        this.file = file;
        this.layer = layer;
        this.connection = connection;
    }

    /** The bytes of a layer, hashed as they pass. */
    static final class Hashed extends FilterInputStream {
        private final Descriptor expected;
        private final MessageDigest hash;
        private long passed;

        Hashed(InputStream layer, Descriptor expected) {
            super(layer);
            this.expected = expected;
            this.hash = expected.digest().algorithm().newHash();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = in.read(target, offset, length);
            if (read > 0) {
                hash.update(target, offset, read);
                passed += read;
            }
            return read;
        }

        @Override
        public long skip(long count) {
            return 0; // a skipped byte would not be hashed
        }

        private void verify(String image) throws IOException {
            byte[] rest = new byte[BUFFER_BYTES];
            while (read(rest, 0, rest.length) > 0) {
                // a decompressor, or a tar, may end before what it is in does
            }
            if (passed != expected.size()) {
                throw new SourceException(new BlobMismatch(
                        image, expected.digest(), "it has " + passed + " bytes, not " + expected.size()));
            }
            Digest actual = Digest.of(expected.digest().algorithm(), hash.digest());
            if (!actual.equals(expected.digest())) {
                throw new SourceException(new BlobMismatch(image, expected.digest(), "it is " + actual));
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (ended) {
            return length == 0 ? 0 : -1;
        }
        try {
            int read = file.read(target, offset, length);
            if (read < 0) {
                layer.verify(image);
                ended = true;
            }
            return read;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new SourceException(new RegistryFailed(image, String.valueOf(e.getMessage())), e);
        }
    }

    @Override
    public void close() throws IOException {
        try (connection;
                layer) {
            file.close();
        }
    }
}
