package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.io.IOException;

/**
 * A pack that a disk was to reuse cannot be read, or does not hold what an index says it holds. The disk is not written;
 * written again without that pack it will be.
 */
public final class UnusablePackException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Digest pack;

    public UnusablePackException(Digest pack, IOException cause) {
        super("pack " + pack + " cannot be reused: " + cause.getMessage(), cause);
        this.pack = pack;
    }

    public Digest pack() {
        return pack;
    }
}
