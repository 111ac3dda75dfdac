package io.dvcr.registry.http;

import io.dvcr.registry.http.Reply.Body;
import io.dvcr.storage.RegistryError.RangeNotSatisfiable;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Content of a known size and version, of which a client may ask a part: {@code Range} and {@code If-Range} of RFC 9110,
 * section 14, and {@code If-None-Match} of section 13. Requests for several ranges get everything, as the RFC allows.
 *
 * @param size in bytes
 * @param etag the strong entity tag, without its quotes
 */
public record RangedReply(long size, String contentType, String etag) {
    private static final Pattern IN_BYTES = Pattern.compile("(?i:bytes)=(.*)");
    private static final Pattern RANGE = Pattern.compile("\\s*(?:\\d+-\\d*|-\\d+)\\s*");
    private static final Pattern POSITIONS = Pattern.compile("\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /** Gives the body for a stretch of the content. */
    @FunctionalInterface
    public interface Source {
        Body body(ByteRange range) throws IOException;
    }

    /**
     * @throws RegistryException with {@link RangeNotSatisfiable} if the range lies outside the content or is malformed,
     *     which section 14.2 lets a server reject
     */
    public Reply to(Request request, Source source) throws IOException {
        EntityTag tag = new EntityTag(etag);
        if (tag.isKnownTo(request)) { // before the range is looked at: section 13.2.2
            return Reply.notModified(tag);
        }
        Optional<ByteRange> part = requestedPart(request, tag);
        ByteRange range = part.orElse(ByteRange.all(size));
        Body body = request.isHead() ? new Body.None(range.length()) : source.body(range);
        Reply reply = Reply.of(part.isPresent() ? 206 : 200, body)
                .with("Content-Type", contentType)
                .with("Accept-Ranges", "bytes")
                .with("ETag", tag);
        return part.isPresent()
                ? reply.with("Content-Range", "bytes " + range.offset() + "-" + (range.end() - 1) + "/" + size)
                : reply;
    }

    /** None for HEAD: section 14.2 has {@code Range} ignored for every method but GET. */
    private Optional<ByteRange> requestedPart(Request request, EntityTag tag) {
        if (request.isHead()) {
            return Optional.empty();
        }
        boolean changed = request.header("If-Range")
                .filter(had -> !had.equals(tag.toString()))
                .isPresent();
        return changed ? Optional.empty() : request.header("Range").flatMap(this::parse);
    }

    private Optional<ByteRange> parse(String header) {
        Matcher inBytes = IN_BYTES.matcher(header);
        return inBytes.matches() && !isSeveral(inBytes.group(1))
                ? Optional.of(one(inBytes.group(1)))
                : Optional.empty(); // another unit must be ignored, several ranges may be
    }

    private static boolean isSeveral(String ranges) {
        String[] parts = ranges.split(",", -1);
        return parts.length > 1
                && Arrays.stream(parts).allMatch(part -> RANGE.matcher(part).matches());
    }

    private ByteRange one(String range) {
        Matcher matcher = POSITIONS.matcher(range);
        if (!matcher.matches()) {
            throw notSatisfiable();
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty()) {
            return suffix(last.isEmpty() ? 0 : Long.parseLong(last));
        }
        return between(Long.parseLong(first), last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last));
    }

    private ByteRange suffix(long wanted) {
        long length = Math.min(wanted, size);
        if (length == 0) {
            throw notSatisfiable();
        }
        return new ByteRange(size - length, length);
    }

    private ByteRange between(long first, long last) {
        if (last < first || first >= size) {
            throw notSatisfiable();
        }
        return new ByteRange(first, Math.min(last, size - 1) - first + 1);
    }

    private RegistryException notSatisfiable() {
        return new RegistryException(new RangeNotSatisfiable(size));
    }
}
