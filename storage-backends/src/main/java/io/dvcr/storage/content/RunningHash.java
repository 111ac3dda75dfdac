package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import java.security.MessageDigest;

/** A hash that grows with an upload and can be asked on the way. Not thread-safe: the upload's one writer owns it. */
final class RunningHash {
    private final Digest.Algorithm algorithm;
    private final MessageDigest hash;
    private long length;

    RunningHash(Digest.Algorithm algorithm) {
        this.algorithm = algorithm;
        this.hash = algorithm.newHash();
    }

    Digest.Algorithm algorithm() {
        return algorithm;
    }

    /** How many bytes went in. */
    long length() {
        return length;
    }

    void update(byte[] buffer, int count) {
        hash.update(buffer, 0, count);
        length += count;
    }

    /** The digest of what went in so far; more may follow. */
    Digest digest() {
        try {
            return Digest.of(algorithm, ((MessageDigest) hash.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("every hash of the JDK can be cloned", e);
        }
    }
}
