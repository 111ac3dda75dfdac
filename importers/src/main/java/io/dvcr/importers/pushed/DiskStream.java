package io.dvcr.importers.pushed;

import io.dvcr.importers.source.SourceError;
import io.dvcr.importers.source.SourceException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * The disk image file in a layer, as it was before it was compressed and packed. Nothing is extracted: it is read in one
 * pass, within a time. What is wrong with the layer is a {@link SourceException}; an {@link IOException} is the store's.
 * Not thread-safe.
 */
public final class DiskStream extends FilterInputStream {
    private final LayerBytes layer;
    private final Optional<DiskTar> tar;
    private final boolean compressed;
    private final Limits limits;
    private final long deadline;
    private long passed;

    /**
     * What unpacking may take, however little was pushed.
     *
     * @param bytes what may come out, the tar around the file included
     * @param time from opening it to the end of reading
     */
    public record Limits(long bytes, Duration time) {}

    private DiskStream(
            InputStream file,
            LayerBytes layer,
            Optional<DiskTar> tar,
            boolean compressed,
            Limits limits,
            long deadline) {
        super(file);
        this.layer = layer;
        this.tar = tar;
        this.compressed = compressed;
        this.limits = limits;
        this.deadline = deadline;
    }

    /**
     * The file in {@code layer}, which is closed with it; empty if it turns out to be no containerDisk, but an ordinary
     * container image's.
     *
     * @param passed is told how many bytes of the layer were read, each time some were
     */
    public static Optional<DiskStream> open(InputStream layer, PushedDisk.Kind kind, Limits limits, LongConsumer passed)
            throws IOException {
        long deadline = System.nanoTime() + limits.time().toNanos();
        LayerBytes bytes = new LayerBytes(layer, passed);
        try {
            InputStream content = decompressed(bytes);
            boolean compressed = !(content instanceof PushbackInputStream);
            DiskStream whole = new DiskStream(content, bytes, Optional.empty(), compressed, limits, deadline);
            return switch (kind) {
                case FILE -> Optional.of(whole);
                case CONTAINER_DISK ->
                    DiskTar.find(whole)
                            .map(tar -> new DiskStream(tar, bytes, Optional.of(tar), compressed, limits, deadline));
            };
        } catch (IOException | RuntimeException e) {
            requireSound(bytes, e);
            throw e;
        }
    }

    /**
     * The length of the file in bytes, if it can be known before it is read.
     *
     * @param layerBytes the length of the layer
     */
    public OptionalLong length(long layerBytes) {
        if (tar.isPresent()) {
            return OptionalLong.of(tar.get().size());
        }
        return compressed ? OptionalLong.empty() : OptionalLong.of(layerBytes);
    }

    private static InputStream decompressed(LayerBytes layer) throws IOException {
        PushbackInputStream pushback = new PushbackInputStream(layer, Compression.MAGIC_BYTES);
        byte[] head = pushback.readNBytes(Compression.MAGIC_BYTES);
        pushback.unread(head);
        Optional<Compression> compression = Compression.of(head);
        return compression.isPresent() ? compression.get().decompress(pushback) : pushback;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (System.nanoTime() - deadline > 0) {
            throw new SourceException(new SourceError.TooSlow(limits.time()));
        }
        int read = readThrough(target, offset, length);
        passed += Math.max(0, read);
        if (passed > limits.bytes()) {
            throw new SourceException(new SourceError.TooLarge(limits.bytes()));
        }
        return read;
    }

    private int readThrough(byte[] target, int offset, int length) throws IOException {
        try {
            return in.read(target, offset, length);
        } catch (IOException | RuntimeException e) {
            requireSound(layer, e);
            throw e;
        }
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] skipped = new byte[(int) Math.min(count, 8192)];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    /**
     * The file has been read to its end: looks whether what follows it may follow.
     *
     * @throws SourceException if it may not
     */
    public void finish() throws IOException {
        if (tar.isPresent()) {
            try {
                tar.get().requireNoOther();
            } catch (IOException | RuntimeException e) {
                requireSound(layer, e);
                throw e;
            }
        }
    }

    /** Decompressors say in ways of their own that what they are given is not what they made. */
    private static void requireSound(LayerBytes layer, Exception failure) {
        if (!layer.hasFailed() && !(failure instanceof SourceException)) {
            throw new SourceException(new SourceError.LayerMalformed(String.valueOf(failure.getMessage())), failure);
        }
    }
}
