package io.dvcr.registry.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The body of a response, written by a thread that blocks while the client is slower. */
final class ResponseOutput extends OutputStream {
    private final HttpServerResponse response;
    private final Patience patience;

    ResponseOutput(HttpServerResponse response, TransferLimits limits) {
        this.response = response;
        this.patience = new Patience(limits);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] content, int offset, int length) throws IOException {
        Future<Void> written = response.write(Buffer.buffer(length).appendBytes(content, offset, length));
        if (response.writeQueueFull() || written.failed()) {
            long start = System.nanoTime();
            await(written, Duration.ofNanos(patience.nanosLeft()));
            patience.spend(System.nanoTime() - start);
        }
        patience.earn(length);
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
