package io.dvcr.storage.s3;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.OvertakenException;
import io.dvcr.storage.s3.GrowthLog.Found;
import io.dvcr.storage.s3.GrowthLog.Segment;
import io.dvcr.storage.s3.S3Appender.State;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Objects that grow, written by this process or any other. Whoever goes on with one that it did not write itself just
 * before fences off whoever did: see {@link GrowthRecord}. Thread-safe.
 */
final class GrowingObjects {
    /** Of racing for an object with another process. */
    private static final int MAX_ATTEMPTS = 10;

    private static final int REMEMBERED = 10_000;

    /** For memory; shorter than clients wait. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Bucket bucket;
    private final String prefix;
    private final S3Sizes sizes;
    private final PartBuffers buffers;
    private final ConcurrentMap<ObjectKey, S3Appender> written = new ConcurrentHashMap<>();

    /** Where this process may go on without a fence, since it wrote last. */
    private final Cache<ObjectKey, State> resting =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    GrowingObjects(Bucket bucket, String prefix, S3Sizes sizes) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.sizes = sizes;
        this.buffers = new PartBuffers(sizes.partBytes(), sizes.partsInMemory(), LONGEST_WAIT);
    }

    private GrowthLog log(ObjectKey key) {
        return GrowthLog.of(bucket, prefix, key);
    }

    private Optional<Found> find(ObjectKey key) throws IOException {
        return log(key).find().filter(found -> !found.last().ended());
    }

    /** Begins an object or goes on with it. */
    S3Appender open(ObjectKey key) throws IOException {
        Optional.ofNullable(written.remove(key)).ifPresent(S3Appender::giveUp);
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            Optional<S3Appender> appender = tryOpen(key);
            if (appender.isPresent()) {
                written.put(key, appender.get());
                return appender.get();
            }
        }
        throw new OvertakenException("other processes write to " + key);
    }

    private Optional<S3Appender> tryOpen(ObjectKey key) throws IOException {
        GrowthLog log = log(key);
        Optional<Found> found = log.find();
        Optional<State> mine = Optional.ofNullable(resting.asMap().remove(key));
        if (found.isEmpty() || found.get().last().ended()) {
            long number = found.map(ended -> ended.last().number()).orElse(0L);
            GrowthRecord nothing = GrowthRecord.nothing(number, sizes.partBytes());
            return Optional.of(appender(key, new State(nothing, List.of(), Optional.empty()), new byte[0], false));
        }
        GrowthRecord last = found.get().last();
        Optional<byte[]> tail = log.tail(last);
        if (tail.isEmpty()) {
            return Optional.empty(); // its writer goes on
        }
        if (mine.filter(state -> state.last().equals(last)).isPresent()) {
            return Optional.of(appender(key, mine.get(), tail.get(), true));
        }
        return takeOver(key, found.get(), tail.get());
    }

    private Optional<S3Appender> takeOver(ObjectKey key, Found found, byte[] tail) throws IOException {
        GrowthLog log = log(key);
        GrowthRecord fence = found.last().takenOver();
        if (!log.write(fence, Bytes.of(ByteBuffer.wrap(tail)))) {
            return Optional.empty();
        }
        log.forget(found.last());
        List<Segment> segments = new ArrayList<>(found.whole());
        if (fence.upload().isPresent()) {
            segments.add(OpenSegment.complete(log, fence, fence.upload().get()));
        }
        boolean withTail = !segments.isEmpty() && segments.getLast().end() == fence.length();
        State state = new State(fence, segments, Optional.empty());
        return Optional.of(appender(
                key, state, withTail ? new byte[0] : tail, fence.upload().isEmpty()));
    }

    private S3Appender appender(ObjectKey key, State state, byte[] tail, boolean recorded) throws IOException {
        if (tail.length < sizes.partBytes()) {
            return new S3Appender(key, log(key), sizes, buffers, state, tail, recorded, this::closed);
        }
        S3Appender appender = new S3Appender(key, log(key), sizes, buffers, state, new byte[0], false, this::closed);
        try {
            appender.append(ByteBuffer.wrap(tail)); // parts were larger when it was written
            return appender;
        } catch (IOException e) {
            appender.close();
            throw e;
        }
    }

    private void closed(S3Appender appender) {
        if (written.remove(appender.key(), appender)) {
            appender.state().ifPresent(state -> resting.put(appender.key(), state));
        }
    }

    /** Size and time of an object, if there is one; what this process has written of it counts, and is flushed. */
    Optional<ObjectInfo> head(ObjectKey key) throws IOException {
        Optional<S3Appender> mine = mine(key);
        if (mine.isPresent()) {
            mine.get().flush();
        }
        return find(key).map(found -> new ObjectInfo(key, found.last().length(), found.modified()));
    }

    private Optional<S3Appender> mine(ObjectKey key) {
        return Optional.ofNullable(written.get(key)).filter(S3Appender::isUsable);
    }

    /** The bytes of an object, if there is one. Another process that writes to it must begin anew. */
    Optional<InputStream> read(ObjectKey key, ByteRange range) throws IOException {
        Optional<S3Appender> mine = mine(key);
        if (mine.isPresent()) {
            mine.get().settle();
        }
        Optional<Found> found = find(key);
        if (found.isPresent() && found.get().last().upload().isPresent()) {
            try (S3Appender appender = open(key)) {
                appender.settle();
            }
            found = find(key);
        }
        return found.isPresent() ? Optional.of(stream(log(key), found.get(), range)) : Optional.empty();
    }

    private InputStream stream(GrowthLog log, Found found, ByteRange range) throws IOException {
        List<InputStream> streams = new ArrayList<>();
        for (Segment segment : found.whole()) {
            ByteRange part = part(range, segment.start(), segment.size());
            if (part.length() > 0) {
                streams.add(new LaterStream(() -> ObjectStream.open(bucket, segment.key(), part)));
            }
        }
        ByteRange inTail = part(range, found.last().tailStart(), found.last().tailBytes());
        if (inTail.length() > 0) {
            byte[] tail = log.tail(found.last())
                    .orElseThrow(() -> new IOException(log.root() + " was changed while it was read"));
            streams.add(new ByteArrayInputStream(tail, (int) inTail.offset(), (int) inTail.length()));
        }
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    /** What of {@code range} lies in the {@code size} bytes from {@code start} on, counted from there. */
    private static ByteRange part(ByteRange range, long start, long size) {
        long from = Math.clamp(range.offset() - start, 0, size);
        long to = Math.clamp(range.end() - start, 0, size);
        return new ByteRange(from, to - from);
    }

    /** What is done with an object that does not grow any more. */
    interface Use {
        void use(List<Segment> segments) throws IOException;
    }

    /**
     * Shows {@code use} of which objects this one consists, if there is one, then removes it; returns whether there was.
     */
    boolean finish(ObjectKey key, Use use) throws IOException {
        if (find(key).isEmpty()) {
            return false;
        }
        try (S3Appender appender = open(key)) {
            use.use(appender.finish());
            return remove(key, Optional.of(appender.last()));
        }
    }

    /** Removes an object, if there is one; returns whether there was. */
    boolean remove(ObjectKey key) throws IOException {
        return remove(key, Optional.ofNullable(resting.asMap().remove(key)).map(State::last));
    }

    /** @param mine the last record that this process has written */
    private boolean remove(ObjectKey key, Optional<GrowthRecord> mine) throws IOException {
        Optional.ofNullable(written.remove(key)).ifPresent(S3Appender::giveUp);
        GrowthLog log = log(key);
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            Optional<Found> found = find(key);
            if (found.isEmpty()) {
                return false;
            }
            GrowthRecord last = found.get().last();
            boolean alone = mine.equals(Optional.of(last)) && !last.contested();
            Optional<GrowthRecord> end = alone ? Optional.empty() : Optional.of(last.end());
            if (end.isEmpty() || log.write(end.get(), Bytes.NONE)) {
                log.remove(found.get(), end);
                return true;
            }
        }
        throw new OvertakenException("other processes write to " + key);
    }
}
