package io.dvcr.importers.source;

import io.dvcr.importers.source.SourceError.EncodingUnsupported;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;

/**
 * What a server said of the bytes that it began to send, to know them again (RFC 9110, section 8).
 *
 * @param length empty if it did not say
 * @param hasRanges whether it said so
 */
public record Representation(
        OptionalLong length,
        Optional<String> entityTag,
        Optional<String> lastModified,
        Optional<String> contentType,
        String encoding,
        boolean hasRanges) {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (?:(\\d{1,18})-\\d{1,18}|\\*)/(\\d{1,18}|\\*)");

    /**
     * Codings whose result shows by its first bytes what it is, so that taking it as it comes is safe: servers that mark
     * a file called disk.img.gz like this are many, and its checksum is of what they send.
     */
    private static final Set<String> PLAIN_ENCODINGS = Set.of("identity", "gzip", "x-gzip", "zstd");

    /** @throws SourceException with {@link EncodingUnsupported} if the bytes are not those of the file */
    static Representation of(URI url, ClassicHttpResponse response) {
        String encoding = header(response, HttpHeaders.CONTENT_ENCODING)
                .map(value -> value.strip().toLowerCase(Locale.ROOT))
                .filter(value -> !value.isEmpty())
                .orElse("identity");
        if (!PLAIN_ENCODINGS.contains(encoding)) {
            throw new SourceException(new EncodingUnsupported(url, encoding));
        }
        return new Representation(
                contentLength(response),
                header(response, HttpHeaders.ETAG),
                header(response, HttpHeaders.LAST_MODIFIED),
                header(response, HttpHeaders.CONTENT_TYPE),
                encoding,
                header(response, HttpHeaders.ACCEPT_RANGES)
                        .filter(unit -> unit.strip().equalsIgnoreCase("bytes"))
                        .isPresent());
    }

    private static OptionalLong contentLength(ClassicHttpResponse response) {
        long length = response.getEntity() == null ? 0 : response.getEntity().getContentLength();
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    /** For {@code If-Range}: a strong entity tag, or else the time of the last change. */
    public Optional<String> validator() {
        return entityTag.filter(tag -> !tag.startsWith("W/")).or(() -> lastModified);
    }

    /** Whether the type says that it is for a browser. */
    boolean isWebPage() {
        return contentType
                .map(type -> type.strip().toLowerCase(Locale.ROOT))
                .filter(type -> type.startsWith("text/html") || type.startsWith("application/xhtml"))
                .isPresent();
    }

    /** Whether {@code partial} goes on at {@code position}. Not every server heeds If-Range: all it says must agree. */
    boolean goesOnAs(ClassicHttpResponse partial, long position) {
        Matcher range = contentRange(partial);
        return range.matches()
                && range.group(1) != null
                && Long.parseLong(range.group(1)) == position
                && mayHaveLength(total(range))
                && !contradicts(entityTag, header(partial, HttpHeaders.ETAG))
                && !contradicts(lastModified, header(partial, HttpHeaders.LAST_MODIFIED));
    }

    /** The length that a server gives with a range, or in refusing one (RFC 9110, section 14.4). */
    static OptionalLong completeLength(HttpResponse response) {
        Matcher range = contentRange(response);
        return range.matches() ? total(range) : OptionalLong.empty();
    }

    boolean mayHaveLength(OptionalLong other) {
        return length.isEmpty() || other.isEmpty() || other.getAsLong() == length.getAsLong();
    }

    private static Matcher contentRange(HttpResponse response) {
        return CONTENT_RANGE.matcher(header(response, HttpHeaders.CONTENT_RANGE).orElse(""));
    }

    private static OptionalLong total(Matcher range) {
        return range.group(2).equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(range.group(2)));
    }

    private static boolean contradicts(Optional<String> before, Optional<String> now) {
        return before.isPresent() && now.isPresent() && !before.equals(now);
    }

    static Optional<String> header(HttpResponse response, String name) {
        return Optional.ofNullable(response.getFirstHeader(name)).map(Header::getValue);
    }
}
