package io.dvcr.importers.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * What a decompressor is given. Remembers whether it was read to its end, and whether reading it failed: a decompressor
 * that fails does so because what it is given is cut off, or because reading that failed, or else because it is damaged.
 * Not thread-safe.
 */
final class LayerInput extends BulkInputStream {
    private final InputStream compressed;
    private final Budget budget;
    private boolean ended;
    private Optional<Exception> failure = Optional.empty();

    LayerInput(InputStream compressed, Budget budget) {
        this.compressed = compressed;
        this.budget = budget;
    }

    boolean hasEnded() {
        return ended;
    }

    /** @throws IOException if reading failed, as it failed; so with the unchecked ones */
    void requireRead() throws IOException {
        if (failure.isPresent()) {
            switch (failure.get()) {
                case RuntimeException e -> throw e;
                case IOException e -> throw e;
                default -> throw new IllegalStateException(failure.get());
            }
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            budget.requireTime();
            int read = compressed.read(target, offset, length);
            ended |= read < 0;
            return read;
        } catch (IOException | RuntimeException e) {
            failure = Optional.of(e);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        compressed.close();
    }
}
