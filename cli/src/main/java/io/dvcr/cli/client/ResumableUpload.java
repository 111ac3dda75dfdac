package io.dvcr.cli.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Sends a file to the URL of an upload by tus 1.0.0. What fails in passing is tried again, from where the server has
 * it. Not thread-safe.
 */
public final class ResumableUpload {
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final int MAX_FAILURES = 8;
    private static final long FIRST_WAIT_MILLIS = 250;

    private final HttpClient http;
    private final URI upload;
    private final ApiClient api;

    /** @param api whose errors are those of the upload */
    ResumableUpload(HttpClient http, URI upload, ApiClient api) {
        this.http = http;
        this.upload = upload;
        this.api = api;
    }

    /** How many bytes the server has; empty if it knows the upload no more. */
    public OptionalLong offset() throws IOException {
        HttpRequest head = request()
                .timeout(SILENCE)
                .method("HEAD", BodyPublishers.noBody())
                .build();
        HttpResponse<byte[]> reply = await(http.sendAsync(head, BodyHandlers.ofByteArray()), new AtomicLong(), _ -> {});
        if (reply.statusCode() == 404 || reply.statusCode() == 410) {
            return OptionalLong.empty();
        }
        if (reply.statusCode() != 200) {
            throw refused(reply);
        }
        return OptionalLong.of(offset(reply));
    }

    /**
     * Sends what the server has not.
     *
     * @param progress told how many bytes have been sent so far, those of earlier times included
     * @return how many bytes were sent now, those among them that had to be sent again
     * @throws IOException if the server refuses it, or does not come back
     */
    public long send(FileToSend file, LongConsumer progress) throws IOException {
        long sent = 0;
        long offset = requireOffset();
        int failures = 0;
        while (file.size().isEmpty() || offset < file.size().getAsLong()) {
            long before = offset;
            AtomicLong position = new AtomicLong(before);
            try {
                offset = sendPart(file, position, progress);
            } catch (RefusedUploadException e) {
                throw e;
            } catch (IOException e) {
                failures++;
                offset = offsetAfter(e, failures);
            }
            sent += position.get() - before;
            failures = offset > before ? 0 : failures;
        }
        return sent;
    }

    private long requireOffset() throws IOException {
        return offset().orElseThrow(() -> new RefusedUploadException("the server does not know the upload any more"));
    }

    /** Waits, longer each time, and asks the server where to go on. */
    private long offsetAfter(IOException failure, int failures) throws IOException {
        for (int attempt = failures; attempt < MAX_FAILURES; attempt++) {
            pause(FIRST_WAIT_MILLIS << attempt);
            try {
                return requireOffset();
            } catch (RefusedUploadException e) {
                throw e;
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private long sendPart(FileToSend file, AtomicLong position, LongConsumer progress) throws IOException {
        long offset = position.get();
        FileToSend.Part part = file.from(offset);
        HttpRequest.Builder patch = request()
                .header("Content-Type", "application/offset+octet-stream")
                .header("Upload-Offset", Long.toString(offset))
                .method("PATCH", body(part, position));
        if (file.size().isPresent()) {
            patch.header("Upload-Length", Long.toString(file.size().getAsLong()));
        }
        HttpResponse<byte[]> reply =
                await(http.sendAsync(patch.build(), BodyHandlers.ofByteArray()), position, progress);
        if (reply.statusCode() != 204) {
            throw refused(reply);
        }
        return offset(reply);
    }

    private static BodyPublisher body(FileToSend.Part part, AtomicLong sent) {
        if (part.length() == 0) {
            return BodyPublishers.noBody();
        }
        BodyPublisher stream = BodyPublishers.ofInputStream(() -> counted(part, sent));
        return BodyPublishers.fromPublisher(stream, part.length());
    }

    private static InputStream counted(FileToSend.Part part, AtomicLong sent) {
        try {
            return new FilterInputStream(part.open()) {
                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int read = in.read(target, offset, length);
                    sent.addAndGet(Math.max(0, read));
                    return read;
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(upload).header("Tus-Resumable", "1.0.0");
    }

    /** Waits for the reply as long as something moves. */
    private static HttpResponse<byte[]> await(
            CompletableFuture<HttpResponse<byte[]>> reply, AtomicLong sent, LongConsumer progress) throws IOException {
        long lastSent = -1;
        long lastMoved = System.nanoTime();
        while (true) {
            if (sent.get() != lastSent) {
                lastSent = sent.get();
                lastMoved = System.nanoTime();
                progress.accept(lastSent);
            } else if (System.nanoTime() - lastMoved > SILENCE.toNanos()) {
                reply.cancel(true);
                throw new IOException("the server has taken nothing for " + SILENCE.toSeconds() + " s");
            }
            try {
                return reply.get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // falls through: looks again
            } catch (ExecutionException e) {
                throw new IOException("the upload was cut off: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                reply.cancel(true);
                throw interrupted();
            }
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    /** What the server says will be so the next time as well, unless it is busy. */
    private IOException refused(HttpResponse<byte[]> reply) {
        IOException failure = api.failure(reply.statusCode(), reply.body());
        return switch (reply.statusCode()) {
            case 408, 409, 423, 429, 500, 502, 503, 504 -> failure;
            default -> new RefusedUploadException(String.valueOf(failure.getMessage()));
        };
    }

    private static long offset(HttpResponse<byte[]> reply) throws IOException {
        return reply.headers()
                .firstValueAsLong("Upload-Offset")
                .orElseThrow(() -> new IOException("the server does not say how far the upload is"));
    }

    /** To try again would not help. */
    private static final class RefusedUploadException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedUploadException(String message) {
            super(message);
        }
    }
}
