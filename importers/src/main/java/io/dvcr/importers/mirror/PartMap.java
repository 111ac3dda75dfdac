package io.dvcr.importers.mirror;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Which parts of a blob are stored, and which are being fetched. Not thread-safe: the lock of its blob guards it. */
final class PartMap {
    /** What is fetched into memory before it is stored, so what each fetch needs of it. */
    static final int MAX_PART_BYTES = 4 << 20;

    private final long size;
    private final NavigableMap<Long, Part> held = new TreeMap<>();
    private final NavigableMap<Long, ArrivingPart> arriving = new TreeMap<>();

    PartMap(long size) {
        this.size = size;
    }

    /** The bytes from {@code start} to before {@code end}, stored as one object. */
    record Part(long start, long end) {}

    /** Says that a part is stored. One that overlaps another, as that of another replica may, is as good as not there. */
    void hold(Part part) {
        Map.Entry<Long, Part> next = held.higherEntry(part.start());
        boolean free = heldAt(part.start()).isEmpty() && (next == null || next.getKey() >= part.end());
        if (free && part.start() < part.end() && part.end() <= size) {
            held.put(part.start(), part);
        }
    }

    void drop(Part part) {
        held.remove(part.start(), part);
    }

    void dropAll() {
        held.clear();
    }

    Optional<Part> heldAt(long position) {
        return Optional.ofNullable(held.floorEntry(position))
                .map(Map.Entry::getValue)
                .filter(part -> part.end() > position);
    }

    Optional<ArrivingPart> arrivingAt(long position) {
        return Optional.ofNullable(arriving.floorEntry(position))
                .map(Map.Entry::getValue)
                .filter(part -> part.end() > position);
    }

    /** Begins a part at {@code position}, where there is none, that goes to {@code end} at most. */
    ArrivingPart claim(long position, long end) {
        long limit = Math.min(end, position + MAX_PART_BYTES);
        limit = Math.min(limit, Optional.ofNullable(held.higherKey(position)).orElse(size));
        limit = Math.min(
                limit, Optional.ofNullable(arriving.higherKey(position)).orElse(size));
        ArrivingPart part = new ArrivingPart(position, (int) (limit - position));
        arriving.put(position, part);
        return part;
    }

    void unclaim(ArrivingPart part) {
        arriving.remove(part.start(), part);
    }

    boolean isComplete() {
        long position = 0;
        while (position < size) {
            Optional<Part> part = heldAt(position);
            if (part.isEmpty()) {
                return false;
            }
            position = part.get().end();
        }
        return true;
    }

    /** Where, from {@code position} to {@code end}, the bytes end that neither are stored nor being fetched. */
    long gapEnd(long position, long end) {
        long limit = Math.min(end, Optional.ofNullable(held.higherKey(position)).orElse(size));
        return Math.min(limit, Optional.ofNullable(arriving.higherKey(position)).orElse(size));
    }
}
