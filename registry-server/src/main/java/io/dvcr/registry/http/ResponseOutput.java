package io.dvcr.registry.http;

import io.dvcr.converters.ZeroOutput;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The body of a response, written by a thread that blocks while the client is slower. It goes out in pieces; {@link
 * #flush} sends one that is not full.
 */
final class ResponseOutput extends OutputStream implements ZeroOutput {
    static final int PIECE_BYTES = 128 * 1024;

    /** How many pieces may be on their way: enough that the socket has something to send while the next is made. */
    private static final int MOST_PIECES = 4;

    private final HttpServerResponse response;
    private final Patience patience;
    private final DirectBuffers buffers;
    private final ByteBuf zeros;
    private final Queue<UnderWay> underWay = new ArrayDeque<>();
    private ByteBuf piece;

    private record UnderWay(Future<Void> sent, int bytes) {}

    /**
     * @param buffers of {@link #PIECE_BYTES}
     * @param zeros what is sent at once of a stretch of zeros, never written to; cannot be released
     */
    ResponseOutput(HttpServerResponse response, TransferLimits limits, DirectBuffers buffers, ByteBuf zeros) {
        this.response = response;
        this.patience = new Patience(limits);
        this.buffers = buffers;
        this.zeros = zeros;
        this.piece = buffers.take();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] content, int offset, int length) throws IOException {
        for (int from = offset; from < offset + length; ) {
            int part = Math.min(piece.writableBytes(), offset + length - from);
            piece.writeBytes(content, from, part);
            from += part;
            if (!piece.isWritable()) {
                flush();
            }
        }
    }

    /** Those that do not fit in the piece that is being filled are not copied. */
    @Override
    public void writeZeros(long count) throws IOException {
        for (long left = count; left > 0; ) {
            int part = (int) Math.min(left, zeros.readableBytes());
            if (part < piece.writableBytes()) {
                piece.writeZero(part);
            } else {
                flush();
                Future<Void> _ = send(zeros.slice(0, part), part);
            }
            left -= part;
        }
    }

    @Override
    public void flush() throws IOException {
        if (piece.isReadable()) {
            ByteBuf full = piece;
            piece = buffers.take();
            send(full, full.readableBytes()).onSuccess(_ -> release(full));
        }
    }

    private Future<Void> send(ByteBuf content, int bytes) throws IOException {
        Future<Void> sent = response.write(BufferInternal.buffer(content));
        underWay.add(new UnderWay(sent, bytes));
        while (underWay.size() > MOST_PIECES || isOver()) {
            awaitOldest();
        }
        return sent;
    }

    /** Vert.x keeps what it is given from being released, so that it can be written again. */
    private static void release(ByteBuf sent) {
        if (sent.refCnt() > 0) {
            sent.release();
        }
    }

    private boolean isOver() {
        return !underWay.isEmpty() && underWay.element().sent().isComplete();
    }

    private void awaitOldest() throws IOException {
        UnderWay oldest = underWay.remove();
        long start = System.nanoTime();
        await(oldest.sent(), Duration.ofNanos(patience.nanosLeftFor(oldest.bytes() - PIECE_BYTES)));
        patience.spend(System.nanoTime() - start);
        patience.earn(oldest.bytes());
    }

    /** Sends what is left; the response goes on. */
    @Override
    public void close() throws IOException {
        if (piece.refCnt() > 0) {
            try {
                flush();
            } finally {
                piece.release();
            }
        }
    }

    /** Waits for {@code future}; a failure of it, or silence for too long, means that the client is gone. */
    static void await(Future<Void> future, Duration timeout) throws IOException {
        try {
            future.toCompletionStage().toCompletableFuture().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CompletionException | TimeoutException e) {
            throw new ClientGoneException("the reply could not be sent");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a reply went out");
        }
    }
}
