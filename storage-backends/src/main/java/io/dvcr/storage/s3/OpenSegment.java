package io.dvcr.storage.s3;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.OvertakenException;
import io.dvcr.storage.s3.GrowthLog.Segment;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongPredicate;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * A segment whose parts are being sent, several at once. A part that was sent is never sent again with other bytes, not
 * even when that failed, because the first attempt may yet arrive: after a failure the segment is of no more use. Not
 * thread-safe.
 */
final class OpenSegment {
    private final Multipart multipart;
    private final Bucket bucket;
    private final long start;
    private final int partBytes;
    private final int atOnce;
    private final String id;
    private final List<CompletedPart> arrived;
    private final Deque<FutureTask<CompletedPart>> onTheirWay = new ArrayDeque<>();

    private OpenSegment(
            Bucket bucket, Multipart multipart, String id, long start, S3Sizes sizes, List<CompletedPart> arrived) {
        this.bucket = bucket;
        this.multipart = multipart;
        this.id = id;
        this.start = start;
        this.partBytes = sizes.partBytes();
        this.atOnce = sizes.partsAtOnce();
        this.arrived = new ArrayList<>(arrived);
    }

    static OpenSegment begin(GrowthLog log, long start, S3Sizes sizes) throws IOException {
        Multipart multipart = log.bucket().multipart(log.segment(start));
        return new OpenSegment(log.bucket(), multipart, multipart.begin(), start, sizes, List.of());
    }

    String id() {
        return id;
    }

    long start() {
        return start;
    }

    int arrived() {
        return arrived.size();
    }

    int sent() {
        return arrived.size() + onTheirWay.size();
    }

    /** Where the part behind those that have arrived begins. */
    long arrivedEnd() {
        return start + (long) arrived.size() * partBytes;
    }

    long sentEnd() {
        return start + (long) sent() * partBytes;
    }

    /** Sends a part once not too many are on their way; {@code sent} is run when its bytes are not needed any more, unless
     * this fails. */
    void send(Bytes part, Runnable sent) throws IOException {
        while (onTheirWay.size() >= atOnce) {
            awaitOne();
        }
        int number = sent() + 1;
        FutureTask<CompletedPart> task = new FutureTask<>(() -> {
            try {
                return upload(number, part);
            } finally {
                sent.run();
            }
        });
        onTheirWay.add(task);
        Thread.startVirtualThread(task);
    }

    private CompletedPart upload(int number, Bytes part) throws IOException {
        try {
            return multipart.upload(id, number, part);
        } catch (NoSuchFileException e) {
            throw new OvertakenException("another process has completed " + multipart.key(), e);
        }
    }

    private void awaitOne() throws IOException {
        try {
            arrived.add(onTheirWay.getFirst().get());
            onTheirWay.removeFirst();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while parts were sent");
        }
    }

    void awaitAll() throws IOException {
        while (!onTheirWay.isEmpty()) {
            awaitOne();
        }
    }

    /** Makes the parts an object, with {@code tail}, the beginning of another object, behind them. */
    Segment complete(String tailKey, int tailBytes) throws IOException {
        List<CompletedPart> parts = new ArrayList<>(arrived);
        if (tailBytes > 0) {
            try {
                parts.add(multipart.copy(id, parts.size() + 1, tailKey, ByteRange.all(tailBytes)));
            } catch (NoSuchFileException e) {
                throw new OvertakenException("another process has completed " + multipart.key(), e);
            }
        }
        long size = (long) arrived.size() * partBytes + tailBytes;
        return complete(bucket, multipart, id, parts, start, length -> length == size);
    }

    /** Makes an object of the parts that {@code record} counts, unless that has been done, perhaps with the tail. */
    static Segment complete(GrowthLog log, GrowthRecord record, String id) throws IOException {
        Multipart multipart = log.bucket().multipart(log.segment(record.segmentStart()));
        long without = record.tailStart() - record.segmentStart();
        long with = record.length() - record.segmentStart();
        LongPredicate fits = size -> size == without || size == with;
        List<CompletedPart> parts;
        try {
            parts = multipart.parts(id, record.parts());
        } catch (NoSuchFileException e) {
            parts = List.of();
        }
        if (!parts.isEmpty() && parts.size() != record.parts()) {
            throw new IOException(multipart.key() + " has " + parts.size() + " parts instead of " + record.parts());
        }
        return complete(log.bucket(), multipart, id, parts, record.segmentStart(), fits);
    }

    private static Segment complete(
            Bucket bucket, Multipart multipart, String id, List<CompletedPart> parts, long start, LongPredicate fits)
            throws IOException {
        if (!parts.isEmpty()) {
            try {
                multipart.complete(id, parts);
            } catch (NoSuchFileException e) {
                // an attempt before this one may have completed it
            }
        }
        return bucket.head(multipart.key())
                .filter(object -> fits.test(object.size()))
                .map(object -> new Segment(object.key(), start, object.size()))
                .orElseThrow(() -> new IOException("the parts of " + multipart.key() + " are lost"));
    }
}
