package io.dvcr.importers.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to imports: of each the latest state alone, however often it changed. Who follows keeps the number
 * of the last change that they know, so that one who is slow misses states, never the last one, and costs no memory; and
 * so that one who was cut off goes on where they were. Thread-safe.
 */
public final class ImportFeed implements AutoCloseable {
    /** Of jobs that have ended, so many are remembered for those who were away. */
    private static final int ENDED_REMEMBERED = 1000;

    private static final int MAX_AT_ONCE = 100;

    private final long epoch;
    private final TreeMap<Long, ImportJob> changes = new TreeMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final TreeMap<Long, String> ended = new TreeMap<>();
    private long last;
    private long forgotten;
    private boolean closed;

    /** @param epoch tells the numbers of this feed from those of others that were before it */
    ImportFeed(long epoch) {
        this.epoch = epoch;
    }

    /** A place in the feed: behind the change {@code number}. */
    public record Place(long epoch, long number) {

        /** Reads what {@link #toString} wrote; empty if {@code text} is anything else. */
        public static Optional<Place> parse(String text) {
            String[] parts = text.split("-", -1);
            try {
                return parts.length == 2
                        ? Optional.of(new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1])))
                        : Optional.empty();
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return epoch + "-" + number;
        }
    }

    /** @param place behind this change */
    public record Change(Place place, ImportJob job) {}

    void publish(ImportJob job) {
        synchronized (changes) {
            Long before = numbers.get(job.id());
            if (before != null && isOutdated(job, changes.get(before))) {
                return;
            }
            if (before != null) {
                changes.remove(before);
                ended.remove(before);
            }
            numbers.put(job.id(), ++last);
            changes.put(last, job);
            if (job.phase().ended()) {
                ended.put(last, job.id());
                forgetTheOldest();
            }
            changes.notifyAll();
        }
    }

    /** Two threads may tell of one job, and the one that knows less may come last. */
    private static boolean isOutdated(ImportJob job, @Nullable ImportJob known) {
        return known != null && job.phase().compareTo(known.phase()) < 0;
    }

    private void forgetTheOldest() {
        if (ended.size() > ENDED_REMEMBERED) {
            Map.Entry<Long, String> oldest = ended.firstEntry();
            ended.remove(oldest.getKey());
            changes.remove(oldest.getKey());
            numbers.remove(oldest.getValue());
            forgotten = oldest.getKey();
        }
    }

    /** Where the feed is now. */
    public Place end() {
        synchronized (changes) {
            return new Place(epoch, last);
        }
    }

    /** Whether all that happened since {@code place} is known; else one has to begin with all there is. */
    public boolean knows(Place place) {
        synchronized (changes) {
            return place.epoch() == epoch && place.number() <= last && place.number() >= forgotten;
        }
    }

    /**
     * What changed since {@code place}, the oldest change first, as soon as there is something; some of it if it is much,
     * nothing after {@code patience}.
     */
    public List<Change> after(Place place, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (changes) {
            while (!closed && last <= place.number()) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return List.of();
                }
                changes.wait(left);
            }
            return since(place.number());
        }
    }

    private List<Change> since(long number) {
        SequencedMap<Long, ImportJob> newer = changes.tailMap(number, false);
        List<Change> found = new ArrayList<>();
        for (Map.Entry<Long, ImportJob> change : newer.entrySet()) {
            found.add(new Change(new Place(epoch, change.getKey()), change.getValue()));
            if (found.size() == MAX_AT_ONCE) {
                break;
            }
        }
        return found;
    }

    /** Whether nothing will happen here any more, because the server is stopping. */
    public boolean isClosed() {
        synchronized (changes) {
            return closed;
        }
    }

    /** Nobody waits here any longer. */
    @Override
    public void close() {
        synchronized (changes) {
            closed = true;
            changes.notifyAll();
        }
    }
}
