package io.dvcr.importers.source;

import io.dvcr.importers.source.HttpDownloader.ResumePoint;
import io.dvcr.importers.source.SourceError.Changed;
import io.dvcr.importers.source.SourceError.HttpStatus;
import io.dvcr.importers.source.SourceError.Unreachable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;

/**
 * The bytes at a URL as one stream. A connection that is cut is made again and goes on where it stopped, if the server
 * can send ranges and says, by {@code If-Range}, that the content is still the same (RFC 9110, section 13.1.5). Not
 * thread-safe.
 */
public final class HttpDownload extends InputStream {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

    private final HttpDownloader downloader;
    private final URI url;
    private final Backoff backoff;
    private final OptionalLong length;
    private final Optional<String> validator;
    private ClassicHttpResponse response;
    private InputStream body;
    private long position;

    private HttpDownload(HttpDownloader downloader, URI url, Backoff backoff, ClassicHttpResponse response)
            throws IOException {
        this.downloader = downloader;
        this.url = url;
        this.backoff = backoff;
        this.response = response;
        this.body = response.getEntity() == null
                ? InputStream.nullInputStream()
                : response.getEntity().getContent();
        this.length = contentLength(response);
        this.validator = validator(response);
    }

    static HttpDownload begin(HttpDownloader downloader, URI url, Backoff backoff) throws IOException {
        ClassicHttpResponse response = connect(downloader, url, backoff, Optional.empty());
        if (response.getCode() != 200) {
            HttpDownloader.abandon(response);
            throw new SourceException(new HttpStatus(url, response.getCode()));
        }
        return new HttpDownload(downloader, url, backoff, response);
    }

    /** The length that the server announced, in bytes. */
    public OptionalLong length() {
        return length;
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
        int failures = 0;
        while (true) {
            try {
                int read = body.read(target, offset, count);
                if (read < 0 && length.isPresent() && position < length.getAsLong()) {
                    throw new EOFException("it ended after " + position + " of " + length.getAsLong() + " bytes");
                }
                position += Math.max(0, read);
                return read;
            } catch (IOException e) {
                rethrowIfInterrupted(e);
                failures++;
                if (failures >= backoff.attempts()) {
                    throw new SourceException(new Unreachable(url, reason(e)));
                }
                backoff.pause(failures);
                resume();
            }
        }
    }

    private void resume() throws IOException {
        HttpDownloader.abandon(response);
        ResumePoint point =
                new ResumePoint(position, validator.orElseThrow(() -> new SourceException(new Changed(url))));
        ClassicHttpResponse again = connect(downloader, url, backoff, Optional.of(point));
        if (again.getCode() != 206 || !goesOn(again)) {
            HttpDownloader.abandon(again);
            throw new SourceException(new Changed(url));
        }
        response = again;
        body = again.getEntity().getContent();
    }

    /** One answer that is not a passing failure: those are tried again. */
    private static ClassicHttpResponse connect(
            HttpDownloader downloader, URI url, Backoff backoff, Optional<ResumePoint> resume) throws IOException {
        for (int failures = 1; ; failures++) {
            SourceError error;
            try {
                ClassicHttpResponse response = downloader.get(url, resume);
                if (!isPassing(response.getCode())) {
                    return response;
                }
                HttpDownloader.abandon(response);
                error = new HttpStatus(url, response.getCode());
            } catch (IOException e) {
                rethrowIfInterrupted(e);
                error = new Unreachable(url, reason(e));
            }
            if (failures >= backoff.attempts()) {
                throw new SourceException(error);
            }
            backoff.pause(failures);
        }
    }

    private static boolean isPassing(int status) {
        return status == 408 || status == 429 || status >= 500;
    }

    private static void rethrowIfInterrupted(IOException e) throws IOException {
        if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
            throw e;
        }
    }

    private static String reason(IOException e) {
        if (e instanceof UnknownHostException) {
            return "the host is not known";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static OptionalLong contentLength(ClassicHttpResponse response) {
        long length = response.getEntity() == null ? 0 : response.getEntity().getContentLength();
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    /** A strong entity tag, or else the time of the last change. */
    private static Optional<String> validator(ClassicHttpResponse response) {
        return header(response, HttpHeaders.ETAG)
                .filter(tag -> !tag.startsWith("W/"))
                .or(() -> header(response, HttpHeaders.LAST_MODIFIED));
    }

    /** Whether {@code partial} is what follows. Not every server heeds If-Range, so its validators are compared too. */
    private boolean goesOn(ClassicHttpResponse partial) {
        Matcher range =
                CONTENT_RANGE.matcher(header(partial, HttpHeaders.CONTENT_RANGE).orElse(""));
        return range.matches()
                && Long.parseLong(range.group(1)) == position
                && (length.isEmpty()
                        || range.group(2).equals("*")
                        || Long.parseLong(range.group(2)) == length.getAsLong())
                && !contradicts(partial, HttpHeaders.ETAG)
                && !contradicts(partial, HttpHeaders.LAST_MODIFIED);
    }

    private boolean contradicts(ClassicHttpResponse partial, String name) {
        Optional<String> before = header(response, name);
        Optional<String> now = header(partial, name);
        return before.isPresent() && now.isPresent() && !before.equals(now);
    }

    private static Optional<String> header(ClassicHttpResponse response, String name) {
        return Optional.ofNullable(response.getFirstHeader(name)).map(Header::getValue);
    }

    @Override
    public void close() {
        HttpDownloader.abandon(response);
    }
}
