package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.Closeable;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import org.tukaani.xz.ArrayCache;

/**
 * What the decompressors of one file have of the {@link UnpackRoom}; they ask for arrays here, and keep none for later.
 * Waiting for room does not count as unpacking. Used by one thread at a time.
 */
final class DictionaryRoom extends ArrayCache implements Closeable {
    /** {@code xz -6}, the default, takes 8 MiB. */
    private static final int LARGE_BYTES = (8 << 20) + 1;

    /** {@code xz -9} takes 64 MiB, and what else a decompressor takes is small. */
    static final int MAX_BYTES = 66 << 20;

    private final UnpackRoom room;
    private final Budget budget;
    private long taken;
    private int largeOnes;

    DictionaryRoom(UnpackRoom room, Budget budget) {
        this.room = room;
        this.budget = budget;
    }

    /**
     * @throws UnpackException if all arrays of the file together would be too large
     * @throws UncheckedIOException if the thread is to stop while it waits for room
     */
    @Override
    public byte[] getByteArray(int size, boolean fillWithZeros) {
        if (taken + size > MAX_BYTES) {
            throw new UnpackException(tooLarge());
        }
        if (size >= LARGE_BYTES) {
            if (largeOnes == 0) {
                await();
            }
            largeOnes++;
        }
        taken += size;
        return new byte[size];
    }

    /** Takes the room for large ones, to its {@linkplain #close end}, without waiting for it; false if another has it. */
    boolean tryToHold() {
        if (largeOnes == 0 && !room.tryToTake()) {
            return false;
        }
        largeOnes++;
        return true;
    }

    static UnpackError tooLarge() {
        return new UnpackError(
                Fault.COMPRESSION_MEMORY,
                "decompressing the xz takes more memory than the limit of " + (MAX_BYTES >> 20) + " MiB");
    }

    private void await() {
        budget.stop();
        try {
            room.take();
        } catch (InterruptedIOException e) {
            throw new UncheckedIOException(e);
        } finally {
            budget.start();
        }
    }

    @Override
    public void putArray(byte[] array) {
        taken -= array.length;
        if (array.length >= LARGE_BYTES) {
            largeOnes--;
            if (largeOnes == 0) {
                room.giveBack();
            }
        }
    }

    /** What the decompressors have not given back, because they failed, they will not use again. */
    @Override
    public void close() {
        if (largeOnes > 0) {
            largeOnes = 0;
            room.giveBack();
        }
    }
}
