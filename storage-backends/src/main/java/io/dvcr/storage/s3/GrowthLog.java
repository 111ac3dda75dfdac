package io.dvcr.storage.s3;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that a bucket holds of one object that grows:
 *
 * <pre>
 * .growing/KEY/rNUMBER     a {@link GrowthRecord} and the tail; that of the highest number holds
 * .growing/KEY/sOFFSET     a segment: bytes from OFFSET on
 * </pre>
 *
 * No key of an object begins with a dot. Two that write a record of the same number race, and one wins; so of two
 * writers one finds out that it is not alone before anything that it wrote is acknowledged. Thread-safe.
 */
record GrowthLog(Bucket bucket, String root) {
    static final String GROWING = ".growing/";

    /** Of reading while another writes. */
    private static final int MAX_ATTEMPTS = 10;

    private static final int DIGITS = 16;

    static GrowthLog of(Bucket bucket, String prefix, ObjectKey key) {
        return new GrowthLog(bucket, prefix + GROWING + key + "/");
    }

    /** Some bytes of the object, which are an object of their own. */
    record Segment(String key, long start, long size) {
        long end() {
            return start + size;
        }
    }

    /**
     * What is there.
     *
     * @param numbers of all records, in order
     * @param modified when {@code last} was written
     */
    record Found(GrowthRecord last, Instant modified, List<Long> numbers, List<Segment> segments) {
        Found {
            numbers = List.copyOf(numbers);
            segments = List.copyOf(segments);
        }

        /** Those segments that are part of the object. */
        List<Segment> whole() {
            return segments.stream()
                    .filter(segment -> segment.start() < last.segmentStart())
                    .toList();
        }
    }

    /** What is there; empty if there is no record. */
    Optional<Found> find() throws IOException {
        for (int attempt = 1; ; attempt++) {
            List<Long> numbers = new ArrayList<>();
            List<Segment> segments = new ArrayList<>();
            for (StoredObject object : bucket.list(root, "", Integer.MAX_VALUE)) {
                String name = object.key().substring(root.length());
                if (name.startsWith("r")) {
                    numbers.add(Long.parseLong(name.substring(1)));
                } else {
                    segments.add(new Segment(object.key(), Long.parseLong(name.substring(1)), object.size()));
                }
            }
            if (numbers.isEmpty()) {
                return Optional.empty();
            }
            long last = numbers.getLast();
            Optional<StoredObject> stored = bucket.head(record(last));
            if (stored.isPresent()) {
                return Optional.of(new Found(
                        GrowthRecord.parse(last, stored.get()), stored.get().modified(), numbers, segments));
            }
            if (attempt == MAX_ATTEMPTS) {
                throw new IOException(root + " changes faster than it can be read");
            }
        }
    }

    /** Returns whether it was this call that wrote it, and not another one of that number. */
    boolean write(GrowthRecord record, Bytes tail) throws IOException {
        return bucket.putIfAbsent(record(record.number()), tail, record.toMetadata());
    }

    /** The tail; empty if the record is gone, because its writer has written another. */
    Optional<byte[]> tail(GrowthRecord record) throws IOException {
        if (record.tailBytes() == 0) {
            return Optional.of(new byte[0]);
        }
        try (InputStream in = ObjectStream.open(bucket, record(record.number()), ByteRange.all(record.tailBytes()))) {
            return Optional.of(in.readAllBytes());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Removes a record behind which there is another, unless it keeps an earlier writer out. */
    void forget(GrowthRecord superseded) throws IOException {
        if (superseded.number() > 0 && !superseded.fence()) {
            bucket.delete(record(superseded.number()));
        }
    }

    /**
     * Removes the object, but for what keeps earlier writers out if there may be any.
     *
     * @param end that record which says that there is nothing any more, if there is one
     */
    void remove(Found found, Optional<GrowthRecord> end) throws IOException {
        for (long number : found.numbers()) { // in order: what is there is what the last says, until it is gone itself
            if (end.isPresent()) {
                bucket.put(record(number), Bytes.NONE);
            } else {
                bucket.delete(record(number));
            }
        }
        if (found.last().upload().isPresent()) {
            bucket.multipart(segment(found.last().segmentStart()))
                    .abort(found.last().upload().get());
        }
        for (Segment segment : found.segments()) {
            bucket.delete(segment.key());
        }
    }

    String record(long number) {
        return root + "r" + digits(number);
    }

    String segment(long start) {
        return root + "s" + digits(start);
    }

    private static String digits(long number) {
        String digits = Long.toString(number);
        return "0".repeat(DIGITS - digits.length()) + digits;
    }
}
