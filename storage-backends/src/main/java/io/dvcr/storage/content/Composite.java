package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A blob that is not stored but made of others: stretches of them, one behind the other, and between these a few bytes
 * of its own, each perhaps many times over. Immutable and thread-safe. Sizes and offsets are in bytes.
 */
public final class Composite {
    /** Of which a record has sixteen bytes each. */
    static final int MAX_PIECES = 1 << 20;

    static final int MAX_SOURCES = 1 << 15;
    static final int MAX_OWN_BYTES = 64 * 1024;

    private static final int OWN = -1;
    private static final int FIELDS = 4;

    private final List<Digest> sources;
    private final byte[] own;

    /** For each piece: the number of its source or {@link #OWN}, where it begins there, its length, how many times. */
    private final int[] pieces;

    /** Where each piece begins in the composite; at last, the composite's length. */
    private final long[] starts;

    /** @throws IllegalArgumentException if it is not well formed, or larger than a composite may be */
    Composite(List<Digest> sources, byte[] own, int[] pieces) {
        this.sources = List.copyOf(sources);
        this.own = own;
        this.pieces = pieces;
        require(sources.size() <= MAX_SOURCES && own.length <= MAX_OWN_BYTES && count() <= MAX_PIECES, "too large");
        require(
                sources.stream().allMatch(source -> source.algorithm() == Digest.Algorithm.SHA256),
                "a source that is not named by its SHA-256");
        this.starts = new long[count() + 1];
        for (int piece = 0; piece < count(); piece++) {
            requireSound(piece);
            starts[piece + 1] = Math.addExact(starts[piece], (long) unitLength(piece) * times(piece));
        }
    }

    private void requireSound(int piece) {
        long end = (long) offset(piece) + unitLength(piece);
        require(offset(piece) >= 0 && unitLength(piece) > 0 && end <= Integer.MAX_VALUE, "a piece out of bounds");
        if (isOwn(piece)) {
            require(end <= own.length && times(piece) > 0, "a piece beyond its own bytes");
        } else {
            int source = pieces[FIELDS * piece];
            require(source >= 0 && source < sources.size() && times(piece) == 1, "a piece of an unknown blob");
        }
    }

    private static void require(boolean condition, String fault) {
        if (!condition) {
            throw new IllegalArgumentException("not a composite: " + fault);
        }
    }

    /** Of the whole blob. */
    public long length() {
        return starts[count()];
    }

    /** The blobs that it is made of. */
    List<Digest> sources() {
        return sources;
    }

    int count() {
        return pieces.length / FIELDS;
    }

    /** Whether the piece is of bytes that are nowhere else. */
    boolean isOwn(int piece) {
        return pieces[FIELDS * piece] == OWN;
    }

    Digest source(int piece) {
        return sources.get(pieces[FIELDS * piece]);
    }

    /** Where the piece begins in its source, or in {@link #own}. */
    int offset(int piece) {
        return pieces[FIELDS * piece + 1];
    }

    /** The length of the piece as it is where it comes from. */
    int unitLength(int piece) {
        return pieces[FIELDS * piece + 2];
    }

    private int times(int piece) {
        return pieces[FIELDS * piece + 3];
    }

    long start(int piece) {
        return starts[piece];
    }

    long end(int piece) {
        return starts[piece + 1];
    }

    /** The piece that holds the byte at {@code position}, which is less than the length. */
    int pieceAt(long position) {
        int found = Arrays.binarySearch(starts, position);
        return found >= 0 ? found : -found - 2;
    }

    /** Not to be changed. */
    byte[] own() {
        return own;
    }

    /** Not to be changed. */
    int[] pieces() {
        return pieces;
    }

    /** What it takes in memory, roughly. */
    int memoryBytes() {
        return 1024 + own.length + sources.size() * 128 + pieces.length * Integer.BYTES + starts.length * Long.BYTES;
    }

    /** Lays piece behind piece. Not thread-safe. */
    public static final class Builder {
        private final Map<Digest, Integer> sources = new HashMap<>();
        private final List<Digest> sourceList = new ArrayList<>();
        private final Map<ByteBuffer, Integer> ownOffsets = new HashMap<>();
        private byte[] own = new byte[0];
        private int[] pieces = new int[FIELDS * 64];
        private int count;
        private boolean tooLarge;

        /** The {@code length} bytes of {@code blob} from {@code offset} on. */
        public Builder blob(Digest blob, int offset, int length) {
            int source = sources.computeIfAbsent(blob, added -> {
                sourceList.add(added);
                return sourceList.size() - 1;
            });
            int last = FIELDS * (count - 1);
            if (count > 0 && pieces[last] == source && pieces[last + 1] + pieces[last + 2] == offset) {
                pieces[last + 2] += length;
            } else {
                add(source, offset, length, 1);
            }
            return this;
        }

        /** {@code content}, which must not be changed any more, as often as {@code times} says. */
        public Builder bytes(byte[] content, int times) {
            int offset = ownOffsets.computeIfAbsent(ByteBuffer.wrap(content), _ -> store(content));
            add(OWN, offset, content.length, times);
            return this;
        }

        private int store(byte[] content) {
            int offset = own.length;
            if (offset + content.length > MAX_OWN_BYTES) {
                tooLarge = true;
                return 0;
            }
            own = Arrays.copyOf(own, offset + content.length);
            System.arraycopy(content, 0, own, offset, content.length);
            return offset;
        }

        private void add(int source, int offset, int length, int times) {
            tooLarge |= count == MAX_PIECES || sourceList.size() > MAX_SOURCES;
            if (tooLarge) {
                return;
            }
            int at = FIELDS * count++;
            if (at == pieces.length) {
                pieces = Arrays.copyOf(pieces, pieces.length * 2);
            }
            pieces[at] = source;
            pieces[at + 1] = offset;
            pieces[at + 2] = length;
            pieces[at + 3] = times;
        }

        /** Empty if it has more pieces, sources or bytes of its own than a composite may have. */
        public Optional<Composite> build() {
            return tooLarge
                    ? Optional.empty()
                    : Optional.of(new Composite(sourceList, own, Arrays.copyOf(pieces, FIELDS * count)));
        }
    }
}
