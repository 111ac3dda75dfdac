package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many bytes one repository holds: the last count, and what was added since. Removals show with the next count.
 * Content that several add at once is counted once. Does no I/O. Thread-safe.
 */
final class RepositoryAccount {
    /** What is being added, by digest. */
    private final Map<Digest, Addition> open = new HashMap<>();

    /** The sizes of what was added while a count is under way, which may or may not have seen it. */
    private final Map<Digest, Long> addedMeanwhile = new HashMap<>();

    private boolean counting;
    private long heldBytes;
    private long openBytes;

    private static final class Addition {
        private final long bytes;
        private int holders;
        private boolean held;

        Addition(long bytes) {
            this.bytes = bytes;
        }
    }

    synchronized long heldBytes() {
        return heldBytes;
    }

    synchronized boolean hasRoom(long bytes, long limitBytes) {
        return bytes <= limitBytes - heldBytes - openBytes;
    }

    /** Takes room for content, unless there is too little. */
    synchronized Optional<Charge> charge(Digest digest, long bytes, long limitBytes) {
        Addition addition = open.get(digest);
        if (addition == null) {
            if (!hasRoom(bytes, limitBytes)) {
                return Optional.empty();
            }
            addition = new Addition(bytes);
            open.put(digest, addition);
            openBytes += bytes;
        }
        addition.holders++;
        return Optional.of(new OpenCharge(digest, addition));
    }

    private final class OpenCharge implements Charge {
        private final Digest digest;
        private final Addition addition;

        OpenCharge(Digest digest, Addition addition) {
            this.digest = digest;
            this.addition = addition;
        }

        @Override
        public void settle() {
            hold(digest, addition);
        }

        @Override
        public void close() {
            release(digest, addition);
        }
    }

    private synchronized void hold(Digest digest, Addition addition) {
        if (!addition.held) {
            addition.held = true;
            openBytes -= addition.bytes;
            heldBytes += addition.bytes;
            if (counting) {
                addedMeanwhile.put(digest, addition.bytes);
            }
        }
    }

    private synchronized void release(Digest digest, Addition addition) {
        if (--addition.holders == 0) {
            open.remove(digest);
            openBytes -= addition.held ? 0 : addition.bytes;
        }
    }

    /** From now on what is added is remembered, until {@link #endCount} or {@link #abandonCount}. */
    synchronized void beginCount() {
        counting = true;
    }

    synchronized void abandonCount() {
        counting = false;
        addedMeanwhile.clear();
    }

    /** What is held is what was counted, and what was added meanwhile but not seen. */
    synchronized void endCount(HeldContent.Count count) {
        heldBytes = count.bytes();
        addedMeanwhile.forEach((digest, bytes) -> heldBytes += count.holds(digest) ? 0 : bytes);
        open.forEach((digest, addition) -> {
            if (!addition.held && count.holds(digest)) {
                addition.held = true; // seen before it was settled
                openBytes -= addition.bytes;
            }
        });
        abandonCount();
    }
}
