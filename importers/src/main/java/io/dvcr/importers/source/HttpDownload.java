package io.dvcr.importers.source;

import io.dvcr.importers.source.HttpRequests.ResumePoint;
import io.dvcr.importers.source.SourceError.Changed;
import io.dvcr.importers.source.SourceError.HttpStatus;
import io.dvcr.importers.source.SourceError.NotAnImage;
import io.dvcr.importers.source.SourceError.Unreachable;
import io.dvcr.importers.source.SourceError.WrongLength;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.apache.hc.core5.http.ClassicHttpResponse;

/**
 * The bytes at a URL as one stream. A connection that is cut is made again and goes on where it stopped, if the server
 * can send ranges and says, by {@code If-Range}, that the content is still the same (RFC 9110, section 13.1.5). If it
 * cannot, the content is read from its beginning once more, and goes on if what had come is still the same. Where the
 * server allows, several ranges are fetched at once, until one of them fails. Not thread-safe.
 */
public final class HttpDownload extends InputStream {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final HttpRequests requests;
    private final DownloadPatience patience;
    private final Attempts attempts;
    private final Pace pace;
    private final OptionalLong length;
    private final WebPage page;

    /** Of all that was read. Against accidents: who serves the bytes may serve any, and a checksum is judged anyway. */
    private final CRC32C passed = new CRC32C();

    private final Optional<HeadStart> start;
    private final long fetchedFrom;
    private Representation representation;
    private ClassicHttpResponse response;
    private InputStream body;
    private boolean cut;
    private final Lanes lanes;
    private Optional<RangesAhead> ahead = Optional.empty();
    private boolean lanesDecided;
    private long waitedNanos;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private long position;
    private int rereads;

    private HttpDownload(
            HttpRequests requests,
            DownloadPatience patience,
            Lanes lanes,
            Attempts attempts,
            ClassicHttpResponse response,
            Representation representation,
            Optional<HeadStart> start)
            throws IOException {
        this.requests = requests;
        this.patience = patience;
        this.attempts = attempts;
        this.pace = new Pace(patience);
        this.start = start;
        this.fetchedFrom = start.map(HeadStart::length).orElse(0L);
        this.representation = representation;
        this.response = response;
        this.body = content(response);
        this.length = representation.length();
        this.page = new WebPage(representation.isWebPage());
        this.lanes = lanes;
    }

    /**
     * Closes {@code requests} with the download, or if there is none.
     */
    static HttpDownload begin(HttpRequests requests, DownloadPatience patience, Lanes lanes) throws IOException {
        Attempts attempts = new Attempts(requests.url(), patience);
        try {
            while (true) {
                try {
                    return begin(requests, patience, lanes, attempts);
                } catch (IOException e) {
                    attempts.failed(e, 0);
                }
            }
        } catch (IOException | RuntimeException e) {
            requests.close();
            throw e;
        }
    }

    private static HttpDownload begin(HttpRequests requests, DownloadPatience patience, Lanes lanes, Attempts attempts)
            throws IOException {
        ClassicHttpResponse response = requests.get(Optional.empty());
        try {
            if (response.getCode() != 200) {
                throw new SourceException(new HttpStatus(requests.url(), response.getCode()));
            }
            Representation representation = Representation.of(requests.url(), response);
            return new HttpDownload(requests, patience, lanes, attempts, response, representation, Optional.empty());
        } catch (IOException | RuntimeException e) {
            HttpRequests.abandon(response);
            throw e;
        }
    }

    /**
     * One that begins with {@code start} and fetches what comes behind that. Closes {@code requests} and {@code start}
     * with the download, or if there is none.
     *
     * @return empty if the server does not go on there, or not with the same content
     */
    static Optional<HttpDownload> behind(HeadStart start, HttpRequests requests, DownloadPatience patience, Lanes lanes)
            throws IOException {
        Attempts attempts = new Attempts(requests.url(), patience);
        Optional<HttpDownload> download = Optional.empty();
        try {
            Optional<ClassicHttpResponse> rest = restOf(start, requests, attempts);
            if (rest.isPresent()) {
                download = Optional.of(new HttpDownload(
                        requests, patience, lanes, attempts, rest.get(), start.version(), Optional.of(start)));
            }
            return download;
        } finally {
            if (download.isEmpty()) {
                requests.close();
                start.close();
            }
        }
    }

    private static Optional<ClassicHttpResponse> restOf(HeadStart start, HttpRequests requests, Attempts attempts)
            throws IOException {
        Optional<ResumePoint> point = start.version()
                .validator()
                .map(validator -> new ResumePoint(start.length(), OptionalLong.empty(), validator));
        while (point.isPresent()) {
            try {
                ClassicHttpResponse response = requests.get(point);
                if (response.getCode() == 206 && start.version().goesOnAs(response, start.length())) {
                    return Optional.of(response);
                }
                HttpRequests.abandon(response);
                return Optional.empty();
            } catch (IOException e) {
                attempts.failed(e, 0);
            }
        }
        return Optional.empty();
    }

    /** The length that the server announced, in bytes. */
    public OptionalLong length() {
        return length;
    }

    /** What the server said of the content. */
    Representation version() {
        return representation;
    }

    /** How many bytes have been read. */
    public long position() {
        return position;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (start.isPresent() && position < fetchedFrom) {
            return readKept(start.get(), target, offset, count);
        }
        while (true) {
            try {
                if (cut) {
                    goOn();
                }
                int read = receive(target, offset, count);
                if (read < 0 && length.isPresent() && position < length.getAsLong()) {
                    throw new EOFException("it ended after " + position + " of " + length.getAsLong() + " bytes");
                }
                if (read > 0) {
                    pass(target, offset, read);
                }
                return read;
            } catch (IOException e) {
                cut = true;
                HttpRequests.abandon(response);
                endRanges(); // what cannot bear several connections gets one
                attempts.failed(e, position);
            }
        }
    }

    private int readKept(HeadStart kept, byte[] target, int offset, int count) throws IOException {
        int read = kept.bytes().read(target, offset, (int) Math.min(count, fetchedFrom - position));
        if (read < 0) {
            throw new EOFException("what was kept of " + url() + " ends after " + position + " bytes");
        }
        pass(target, offset, read);
        return read;
    }

    private void pass(byte[] bytes, int offset, int count) {
        if (page.isShownBy(bytes, offset, count)) {
            throw new SourceException(new NotAnImage(url()));
        }
        passed.update(bytes, offset, count);
        position += count;
        if (!lanesDecided && position - fetchedFrom >= RangesAhead.PIECE_BYTES) {
            decideLanes();
        }
    }

    /** Once, after a piece: by then it shows how much one connection brings. */
    private void decideLanes() {
        lanesDecided = true;
        if (lanes.pay(position - fetchedFrom, waitedNanos)) {
            long begin = position + RangesAhead.PIECE_BYTES;
            ahead = RangesAhead.begin(requests, patience, representation, begin, lanes.connections());
        }
    }

    private int receive(byte[] target, int offset, int count) throws IOException {
        if (ahead.isEmpty()) {
            return receiveInOrder(target, offset, count);
        }
        long left = ahead.get().begin() - position;
        if (left > 0) {
            return receiveInOrder(target, offset, (int) Math.min(left, count));
        }
        HttpRequests.abandon(response); // the ranges have all the rest
        return receiveFromRanges(ahead.get(), target, offset, count);
    }

    private int receiveFromRanges(RangesAhead ranges, byte[] target, int offset, int count) throws IOException {
        if (!piece.hasRemaining()) {
            Optional<byte[]> next = ranges.take();
            if (next.isEmpty()) {
                return -1;
            }
            piece = ByteBuffer.wrap(next.get());
        }
        int given = Math.min(count, piece.remaining());
        piece.get(target, offset, given);
        return given;
    }

    private void endRanges() {
        lanesDecided = true;
        ahead.ifPresent(RangesAhead::close);
        ahead = Optional.empty();
        piece = ByteBuffer.allocate(0);
    }

    private int receiveInOrder(byte[] target, int offset, int count) throws IOException {
        long begun = System.nanoTime();
        int read = body.read(target, offset, count);
        long waited = System.nanoTime() - begun;
        waitedNanos += waited;
        pace.arrived(Math.max(0, read), waited);
        return read;
    }

    private void goOn() throws IOException {
        pace.begin();
        Optional<ResumePoint> point =
                representation.validator().map(validator -> new ResumePoint(position, OptionalLong.empty(), validator));
        response = requests.get(point);
        switch (response.getCode()) {
            case 206 -> splice();
            case 200 -> reread();
            case 416 -> throw refused(response);
            default -> throw new SourceException(new HttpStatus(url(), response.getCode()));
        }
        cut = false;
    }

    private void splice() throws IOException {
        if (representation.goesOnAs(response, position)) {
            body = content(response);
            return;
        }
        HttpRequests.abandon(response);
        response = requests.get(Optional.empty());
        if (response.getCode() != 200) {
            throw new SourceException(new HttpStatus(url(), response.getCode()));
        }
        reread();
    }

    /** Everything comes once more, of which all that had come must be the same. */
    private void reread() throws IOException {
        Representation now = Representation.of(url(), response);
        if (!representation.mayHaveLength(now.length())
                || !representation.encoding().equals(now.encoding())) {
            throw new SourceException(new Changed(url()));
        }
        rereads++;
        if (rereads > patience.backoff().attempts()) {
            throw new SourceException(
                    new Unreachable(url(), "it sends no ranges, and was cut off " + rereads + " times"));
        }
        body = content(response);
        CRC32C again = new CRC32C();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = position; left > 0; ) {
            int read = receiveInOrder(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException(
                        "it ended after " + (position - left) + " bytes, of which it had sent " + position + " before");
            }
            again.update(buffer, 0, read);
            left -= read;
        }
        if (again.getValue() != passed.getValue()) {
            throw new SourceException(new Changed(url()));
        }
        representation = now;
    }

    private SourceException refused(ClassicHttpResponse refusal) {
        OptionalLong actual = Representation.completeLength(refusal);
        return new SourceException(
                length.isPresent() && actual.isPresent() && actual.getAsLong() == position
                        ? new WrongLength(url(), length.getAsLong(), position)
                        : new Changed(url()));
    }

    private static InputStream content(ClassicHttpResponse response) throws IOException {
        return response.getEntity() == null
                ? InputStream.nullInputStream()
                : response.getEntity().getContent();
    }

    private URI url() {
        return requests.url();
    }

    @Override
    public void close() throws IOException {
        endRanges();
        HttpRequests.abandon(response);
        try (requests) {
            if (start.isPresent()) {
                start.get().close();
            }
        }
    }
}
