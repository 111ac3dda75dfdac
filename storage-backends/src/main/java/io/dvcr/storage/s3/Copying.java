package io.dvcr.storage.s3;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.s3.GrowthLog.Segment;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Has the server make objects of others, whatever their sizes: no byte of them comes here. Thread-safe. */
final class Copying {
    /** Most of the time is the server's; more at once would only take connections from others. */
    private static final int PARTS_AT_ONCE = 8;

    private final Bucket bucket;
    private final long copyBytes;

    /** @param copyBytes the most that the server copies at once */
    Copying(Bucket bucket, long copyBytes) {
        this.bucket = bucket;
        this.copyBytes = copyBytes;
    }

    /** Makes {@code to}, replacing what is there, of all {@code segments}: all but the last are large enough for parts. */
    void make(String to, List<Segment> segments) throws IOException {
        if (segments.size() == 1 && segments.getFirst().size() <= copyBytes) {
            bucket.copy(segments.getFirst().key(), to);
        } else {
            join(to, segments);
        }
    }

    private void join(String to, List<Segment> segments) throws IOException {
        Multipart multipart = bucket.multipart(to);
        String id = multipart.begin();
        boolean completed = false;
        try {
            List<CompletedPart> parts = copyParts(multipart, id, segments);
            complete(multipart, id, parts, segments.getLast().end());
            completed = true;
        } finally {
            if (!completed) {
                multipart.abort(id);
            }
        }
    }

    private record Piece(String key, ByteRange range) {}

    private List<CompletedPart> copyParts(Multipart multipart, String id, List<Segment> segments) throws IOException {
        List<Piece> pieces =
                segments.stream().flatMap(segment -> pieces(segment).stream()).toList();
        if (pieces.size() > S3Sizes.MAX_PARTS) {
            throw new IOException("more than " + S3Sizes.MAX_PARTS + " parts: copies must be larger than " + copyBytes);
        }
        List<Future<CompletedPart>> copies = new ArrayList<>();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(PARTS_AT_ONCE, Thread.ofVirtual().factory())) {
            for (Piece piece : pieces) {
                int number = copies.size() + 1;
                copies.add(threads.submit(() -> multipart.copy(id, number, piece.key(), piece.range())));
            }
            List<CompletedPart> parts = new ArrayList<>();
            for (Future<CompletedPart> copy : copies) {
                parts.add(outcome(copy, threads));
            }
            return parts;
        }
    }

    private static CompletedPart outcome(Future<CompletedPart> copy, ExecutorService threads) throws IOException {
        try {
            return copy.get();
        } catch (ExecutionException e) {
            threads.shutdownNow();
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while an object was copied");
        }
    }

    /** Pieces of about one size, so that none is too small to be a part. */
    private List<Piece> pieces(Segment segment) {
        long count = Math.max(1, Math.ceilDiv(segment.size(), copyBytes));
        List<Piece> pieces = new ArrayList<>();
        for (long piece = 0; piece < count; piece++) {
            long start = segment.size() / count * piece;
            long end = piece == count - 1 ? segment.size() : segment.size() / count * (piece + 1);
            pieces.add(new Piece(segment.key(), new ByteRange(start, end - start)));
        }
        return pieces;
    }

    private void complete(Multipart multipart, String id, List<CompletedPart> parts, long size) throws IOException {
        try {
            multipart.complete(id, parts);
        } catch (NoSuchFileException e) {
            boolean completedBefore = bucket.head(multipart.key())
                    .filter(object -> object.size() == size)
                    .isPresent();
            if (!completedBefore) {
                throw new IOException("the parts of " + multipart.key() + " are lost", e);
            }
        }
    }
}
