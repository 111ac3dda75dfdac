package io.dvcr.importers.source;

import io.dvcr.importers.source.HttpRequests.ResumePoint;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hc.core5.http.ClassicHttpResponse;

/**
 * What comes next of a file, fetched as several ranges at once and handed out in order: for servers that give each
 * connection little. At most one piece more than there are connections is in memory, which later ones use again: arrays of
 * that size are garbage that stays for long. It bears with nothing: whoever uses
 * it reads on in one stream when a piece fails. Not thread-safe.
 */
final class RangesAhead implements Closeable {
    static final int PIECE_BYTES = 8 << 20;

    private static final byte[] NOTHING = new byte[0];

    /** Below that other connections hardly pay for being made. */
    private static final long LEAST_BYTES = 2L * PIECE_BYTES;

    private final HttpRequests requests;
    private final DownloadPatience patience;
    private final Representation representation;
    private final String validator;
    private final long begin;
    private final long end;
    private final ExecutorService fetchers;
    private final Queue<Future<byte[]>> pieces = new ArrayDeque<>();
    private byte[] taken = NOTHING;
    private long requested;
    private boolean alone;

    private RangesAhead(
            HttpRequests requests,
            DownloadPatience patience,
            Representation representation,
            String validator,
            long begin,
            long end) {
        this.requests = requests;
        this.patience = patience;
        this.representation = representation;
        this.validator = validator;
        this.begin = begin;
        this.end = end;
        this.requested = begin;
        this.fetchers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("range-", 0).factory());
    }

    /**
     * Begins to fetch the rest of a file whose server says that it has ranges and can tell its versions apart for
     * certain.
     *
     * @param begin where the rest begins
     * @param connections how many there are to be, that of what comes before included
     * @return empty if that is not so, or not worth it
     */
    static Optional<RangesAhead> begin(
            HttpRequests requests,
            DownloadPatience patience,
            Representation representation,
            long begin,
            int connections) {
        Optional<String> validator = representation.entityTag().filter(tag -> !tag.startsWith("W/"));
        long length = representation.length().orElse(0);
        if (!representation.hasRanges() || validator.isEmpty() || length - begin < LEAST_BYTES) {
            return Optional.empty();
        }
        RangesAhead ahead = new RangesAhead(requests, patience, representation, validator.get(), begin, length);
        for (int i = 1; i < connections; i++) {
            ahead.request();
        }
        return Optional.of(ahead);
    }

    /** Where the first of its pieces begins. */
    long begin() {
        return begin;
    }

    /**
     * Waits for the next piece, which is whoever takes it until they take another; empty after the last.
     *
     * @throws IOException if it cannot be had like this
     */
    Optional<byte[]> take() throws IOException {
        if (pieces.isEmpty()) {
            return Optional.empty();
        }
        if (!alone) {
            alone = true;
            request(); // for the connection of what came before, which is not needed any more
        }
        try {
            byte[] spare = taken;
            taken = pieces.remove().get();
            request(spare);
            return Optional.of(taken);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException("a range failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for a range");
        }
    }

    private void request() {
        request(NOTHING);
    }

    /** @param spare to be filled, if the next piece is as long */
    private void request(byte[] spare) {
        if (requested < end) {
            long first = requested;
            int count = (int) Math.min(PIECE_BYTES, end - first);
            requested += count;
            byte[] piece = spare.length == count ? spare : new byte[count];
            pieces.add(fetchers.submit(() -> fetch(first, piece)));
        }
    }

    private byte[] fetch(long first, byte[] piece) throws IOException {
        int count = piece.length;
        ClassicHttpResponse response =
                requests.get(Optional.of(new ResumePoint(first, OptionalLong.of(first + count - 1), validator)));
        try {
            if (response.getCode() != 206 || !representation.goesOnAs(response, first)) {
                throw new IOException("it answered with status " + response.getCode());
            }
            return read(response, piece);
        } finally {
            HttpRequests.abandon(response);
        }
    }

    private byte[] read(ClassicHttpResponse response, byte[] piece) throws IOException {
        int count = piece.length;
        Pace pace = new Pace(patience);
        InputStream body = response.getEntity().getContent();
        for (int filled = 0; filled < count; ) {
            long begun = System.nanoTime();
            int read = body.read(piece, filled, count - filled);
            if (read < 0) {
                throw new EOFException("a range ended after " + filled + " of " + count + " bytes");
            }
            pace.arrived(read, System.nanoTime() - begun);
            filled += read;
        }
        if (body.read() >= 0) { // which also gives the connection back
            throw new IOException("a range is longer than it was asked for");
        }
        return piece;
    }

    /** Ends what is being fetched; nobody waits for it. */
    @Override
    public void close() {
        fetchers.shutdownNow();
    }
}
