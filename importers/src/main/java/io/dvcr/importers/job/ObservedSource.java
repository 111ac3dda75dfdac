package io.dvcr.importers.job;

import io.dvcr.converters.BackgroundHash;
import io.dvcr.importers.source.Checksum;
import io.dvcr.importers.source.SourceError.TooLarge;
import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.unpack.BulkInputStream;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * A source as it is served, on its way: every byte is hashed and counted. What names the source afterwards is hashed on a
 * thread of its own, so that whoever reads can do something else with the bytes meanwhile. Not thread-safe.
 */
final class ObservedSource extends BulkInputStream {
    private static final int MAX_BLOCKS = 4;

    private final InputStream source;
    private final Optional<Checksum.Verifier> checksum;
    private final ProgressMeter meter;
    private final long maxBytes;
    private long passed;
    private final MessageDigest sha256 = Digest.Algorithm.SHA256.newHash();
    private final BackgroundHash hash = new BackgroundHash("import-source", List.of(sha256), MAX_BLOCKS);

    /** @param maxBytes what may pass, whatever is in it */
    ObservedSource(InputStream source, Optional<Checksum> expected, ProgressMeter meter, long maxBytes) {
        this.source = source;
        this.maxBytes = maxBytes;
        this.checksum = expected.map(Checksum::verifier);
        this.meter = meter;
    }

    /** @throws SourceException with {@link TooLarge} if it is too much */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (passed > maxBytes) { // only now: whoever knows what passes had the first word
            throw new SourceException(new TooLarge(maxBytes));
        }
        int read = source.read(target, offset, length);
        if (read > 0) {
            passed += read;
            hash.update(ByteBuffer.wrap(target, offset, read));
            checksum.ifPresent(verifier -> verifier.update(target, offset, read));
            meter.received(read);
        }
        return read;
    }

    /**
     * The digest of all that passed; to be asked once, at the end.
     *
     * @throws io.dvcr.importers.source.SourceException if it has not the checksum that was given
     */
    Digest verifiedDigest() throws IOException {
        checksum.ifPresent(Checksum.Verifier::verify);
        hash.drain();
        return BackgroundHash.digest(sha256);
    }

    @Override
    public void close() throws IOException {
        try (hash) {
            source.close();
        }
    }
}
