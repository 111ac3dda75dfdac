package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.io.IOException;

/** A pack does not hold the chunk that the index says it holds: stored or transferred bytes are damaged. */
public final class CorruptChunkException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Digest pack;
    private final transient Digest chunk;

    CorruptChunkException(Digest pack, Digest chunk, String detail) {
        super("chunk " + chunk + " of pack " + pack + " is damaged: " + detail);
        this.pack = pack;
        this.chunk = chunk;
    }

    public Digest pack() {
        return pack;
    }

    public Digest chunk() {
        return chunk;
    }
}
