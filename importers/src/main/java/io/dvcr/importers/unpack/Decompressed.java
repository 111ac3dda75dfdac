package io.dvcr.importers.unpack;

import java.io.IOException;
import java.io.InputStream;

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

    Decompressed(Compression compression, InputStream compressed, Budget budget) throws IOException {
        this.compression = compression;
        this.input = new LayerInput(compressed, budget);
        this.budget = budget;
        this.output = begin();
    }

    private InputStream begin() throws IOException {
        try {
            return compression.decompress(input);
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
        return compression.refusal(failure, input.hasEnded());
    }

    @Override
    public void close() throws IOException {
        output.close();
    }
}
