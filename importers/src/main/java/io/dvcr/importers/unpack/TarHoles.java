package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.util.Arrays;

/**
 * Where in a sparse file of a tar its data lies, in the order in which the tar has it; all else is zeros. The stretches
 * never overlap and never reach beyond the file. Immutable but for its {@link Builder}.
 */
final class TarHoles {
    private final long fileSize;
    private final long[] bounds; // the first byte of a stretch, and the one behind its last; and so on

    private TarHoles(long fileSize, long[] bounds) {
        this.fileSize = fileSize;
        this.bounds = bounds;
    }

    /** Of the file with its holes. */
    long fileSize() {
        return fileSize;
    }

    int stretches() {
        return bounds.length / 2;
    }

    long start(int stretch) {
        return bounds[2 * stretch];
    }

    long end(int stretch) {
        return bounds[2 * stretch + 1];
    }

    static UnpackException refused(String reason) {
        return UnpackError.refuse(Fault.TAR_SPARSE, "the tar has a sparse file whose map is wrong: " + reason);
    }

    /** Takes the stretches one by one, as the tar tells them. Not thread-safe. */
    static final class Builder {
        /** 16 MiB of memory, and more than a file system makes of an honest disk. */
        private static final int MAX_STRETCHES = 1 << 20;

        private final long fileSize;
        private long[] bounds = new long[16];
        private int count;
        private long data;

        /** @param fileSize as the tar says it, which may be anything */
        Builder(long fileSize) {
            this.fileSize = fileSize;
            if (fileSize < 0) {
                throw refused("the file has an impossible size");
            }
        }

        void add(long start, long length) {
            long previous = count == 0 ? 0 : bounds[count - 1];
            if (start < previous || start > fileSize || length < 0 || length > fileSize - start) {
                throw refused("a part of the file overlaps another, or lies beyond its end");
            }
            if (count == 2 * MAX_STRETCHES) {
                throw refused("it has more than " + MAX_STRETCHES + " parts");
            }
            if (count == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * count);
            }
            bounds[count++] = start;
            bounds[count++] = start + length;
            data += length;
        }

        /** @param stored how much of the file the tar has */
        TarHoles build(long stored) {
            if (data != stored) {
                throw refused("its parts are " + data + " bytes, of which the tar has " + stored);
            }
            return new TarHoles(fileSize, Arrays.copyOf(bounds, count));
        }
    }
}
