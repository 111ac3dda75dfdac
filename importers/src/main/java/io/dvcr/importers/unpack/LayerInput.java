package io.dvcr.importers.unpack;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * What a decompressor is given. Remembers whether it was read to its end, and whether reading it failed: a decompressor
 * that fails does so because what it is given is cut off, or because reading that failed, or else because it is damaged.
 * Not thread-safe.
 */
final class LayerInput extends FilterInputStream {
    private final Budget budget;
    private boolean ended;
    private Optional<Exception> failure = Optional.empty();

    LayerInput(InputStream compressed, Budget budget) {
        super(compressed);
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
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            budget.requireTime();
            int read = in.read(target, offset, length);
            ended |= read < 0;
            return read;
        } catch (IOException | RuntimeException e) {
            failure = Optional.of(e);
            throw e;
        }
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] skipped = new byte[(int) Math.min(count, 8192)];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
