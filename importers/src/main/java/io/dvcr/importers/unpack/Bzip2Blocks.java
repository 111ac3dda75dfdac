package io.dvcr.importers.unpack;

import io.dvcr.converters.Waiting;
import io.dvcr.importers.unpack.Bzip2Piece.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The pieces of a bzip2 in their order, with their blocks decoded ahead on a few threads as if each piece was one. A block
 * that turns out to be longer is decoded again with more pieces: twice as many each time, so that pieces which only look
 * like blocks cost a few times what they are long, and no more. Used by one thread.
 */
final class Bzip2Blocks implements Closeable {
    private static final int MAX_BITS = Bzip2Pieces.MAX_BYTES * Byte.SIZE;

    private final Bzip2Pieces pieces;
    private final ExecutorService threads;
    private final BlockingQueue<Bzip2Decoder> decoders;
    private final int ahead;
    private final Deque<Ahead> queue = new ArrayDeque<>();

    /** A piece, and the block that it may be. */
    private static final class Ahead {
        final Bzip2Piece piece;
        private Optional<Future<Bzip2Block>> block = Optional.empty();

        Ahead(Bzip2Piece piece) {
            this.piece = piece;
        }
    }

    Bzip2Blocks(Bzip2Pieces pieces, int decoders) {
        this.pieces = pieces;
        this.threads = Executors.newFixedThreadPool(
                decoders, Thread.ofPlatform().daemon().name("bunzip2-", 0).factory());
        this.decoders = new ArrayBlockingQueue<>(decoders);
        for (int i = 0; i < decoders; i++) {
            this.decoders.add(new Bzip2Decoder());
        }
        this.ahead = 2 * decoders;
    }

    /** The piece that comes next, which stays; empty behind the last. */
    Optional<Bzip2Piece> first() throws IOException {
        have(ahead);
        queue.stream().limit(ahead).filter(one -> one.block.isEmpty()).forEach(this::begin);
        return Optional.ofNullable(queue.peek()).map(one -> one.piece);
    }

    /** Passes over the next piece, which is no block. */
    void takeOther() {
        queue.remove();
    }

    /**
     * The block that the next piece begins, and passes over it.
     *
     * @throws UnpackException if it is damaged, or ends neither with a piece nor before the last one does
     */
    Bzip2Block takeBlock() throws IOException {
        Ahead first = queue.element();
        try {
            Bzip2Block block = Waiting.on(first.block.orElseThrow());
            passOver(first.piece.start(), block.end());
            return block;
        } catch (Bzip2CutException _) {
            return takeLonger();
        }
    }

    private Bzip2Block takeLonger() throws IOException {
        for (int count = 2; ; count *= 2) {
            List<Bzip2Piece> parts = first(count);
            Bzip2Piece whole = Bzip2Piece.merged(parts);
            try {
                Bzip2Block block = Waiting.on(threads.submit(() -> decode(whole)));
                passOver(whole.start(), block.end());
                return block;
            } catch (Bzip2CutException _) {
                if (whole.bits() > MAX_BITS) {
                    throw Compression.BZIP2.damaged();
                }
                if (parts.size() < count) {
                    throw Compression.BZIP2.truncated();
                }
            }
        }
    }

    /** So many pieces, but no more than it takes to be longer than a block can be. */
    private List<Bzip2Piece> first(int count) throws IOException {
        List<Bzip2Piece> first = new ArrayList<>();
        int bits = 0;
        for (Iterator<Ahead> queued = queue.iterator();
                queued.hasNext() && first.size() < count && bits <= MAX_BITS; ) {
            Bzip2Piece piece = queued.next().piece;
            first.add(piece);
            bits += piece.bits();
        }
        while (first.size() < count && bits <= MAX_BITS) {
            Optional<Bzip2Piece> piece = pieces.next();
            if (piece.isEmpty()) {
                break;
            }
            queue.add(new Ahead(piece.get()));
            first.add(piece.get());
            bits += piece.get().bits();
        }
        return first;
    }

    /** Passes over the pieces that lie between two bits, of which the second must be the end of one. */
    private void passOver(int start, int end) {
        int position = start;
        while (position < end) {
            Ahead passed = queue.remove();
            passed.block.ifPresent(block -> block.cancel(false));
            position += passed.piece.bits();
        }
        if (position > end) {
            boolean cut = position - end < Bzip2Piece.MAGIC_BITS && queue.isEmpty();
            throw cut ? Compression.BZIP2.truncated() : Compression.BZIP2.damaged();
        }
    }

    /** Cuts so many pieces, if there are. */
    private void have(int count) throws IOException {
        while (queue.size() < count) {
            Optional<Bzip2Piece> piece = pieces.next();
            if (piece.isEmpty()) {
                return;
            }
            queue.add(new Ahead(piece.get()));
        }
    }

    private void begin(Ahead one) {
        if (one.piece.kind() == Kind.BLOCK) {
            one.block = Optional.of(threads.submit(() -> decode(one.piece)));
        }
    }

    private Bzip2Block decode(Bzip2Piece piece) throws Bzip2CutException, InterruptedException {
        Bzip2Decoder decoder = decoders.take(); // there is one for each thread
        try {
            return decoder.decode(piece);
        } finally {
            decoders.add(decoder);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
