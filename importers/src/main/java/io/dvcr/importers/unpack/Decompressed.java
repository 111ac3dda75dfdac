package io.dvcr.importers.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * What was compressed, as it comes out. Whatever the decompressor makes of bad bytes is one of the named errors. Not
 * thread-safe.
 */
final class Decompressed extends BulkInputStream {
    private final Compression compression;
    private final LayerInput input;
    private final Budget budget;
    private final InputStream output;
    private long passed;

    Decompressed(Compression compression, InputStream compressed, Budget budget, DictionaryRoom room)
            throws IOException {
        this.compression = compression;
        this.input = new LayerInput(compressed, budget);
        this.budget = budget;
        this.output = begin(room);
    }

    private InputStream begin(DictionaryRoom room) throws IOException {
        try {
            return compression.decompress(input, room);
        } catch (IOException | RuntimeException e) {
            throw refused(e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        budget.requireTime();
        int read = decompress(target, offset, length);
        passed += Math.max(0, read);
        budget.requireRoom(passed);
        return read;
    }

    private int decompress(byte[] target, int offset, int length) throws IOException {
        try {
            return output.read(target, offset, length);
        } catch (IOException | RuntimeException e) {
            throw refused(e);
        }
    }

    private UnpackException refused(Exception failure) throws IOException {
        input.requireRead();
        if (failure instanceof UncheckedIOException interrupted) {
            throw interrupted.getCause();
        }
        return compression.refusal(failure, input.hasEnded());
    }

    @Override
    public void close() throws IOException {
        output.close();
    }
}
