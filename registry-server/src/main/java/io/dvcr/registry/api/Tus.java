package io.dvcr.registry.api;

import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.MediaTypeUnsupported;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryError.VersionUnsupported;
import io.dvcr.storage.RegistryException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The words of tus 1.0.0, the protocol for resumable uploads (tus.io/protocols/resumable-upload). */
final class Tus {
    static final String VERSION = "1.0.0";
    static final String EXTENSIONS = "creation,creation-defer-length,expiration,checksum,termination";
    private static final String RESUMABLE = "Tus-Resumable";
    private static final String CONTENT_TYPE = "application/offset+octet-stream";

    private Tus() {}

    static boolean isSpokenIn(Request request) {
        return request.header(RESUMABLE).isPresent();
    }

    /** "Tus-Resumable": in every reply, with the versions there are in those to whom another was spoken. */
    static Reply reply(Reply reply) {
        Reply marked = reply.with(RESUMABLE, VERSION);
        return reply.status() == 412 ? marked.with("Tus-Version", VERSION) : marked;
    }

    /** @throws RegistryException with {@link VersionUnsupported} if the request is of another version, or of none */
    static void requireVersion(Request request) {
        String given = request.header(RESUMABLE).orElse("");
        if (!given.equals(VERSION)) {
            throw new RegistryException(new VersionUnsupported("tus", given, VERSION));
        }
    }

    /** @throws RegistryException with {@link MediaTypeUnsupported} if the body is not one of a PATCH */
    static void requireContentType(Request request) {
        String given = request.header("Content-Type").orElse("");
        if (!given.equals(CONTENT_TYPE)) {
            throw new RegistryException(new MediaTypeUnsupported(given, CONTENT_TYPE));
        }
    }

    /** A header that has a number of bytes. */
    static Optional<Long> bytes(Request request, String header) {
        return request.header(header).map(text -> parse(header, text));
    }

    private static long parse(String header, String text) {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new RegistryException(
                    new RequestInvalid(header + " must be a number from 0 on, not \"" + text + "\""));
        }
        return Long.parseLong(text);
    }

    /** RFC 9110, section 5.6.7. */
    static String date(Instant instant) {
        return DateTimeFormatter.RFC_1123_DATE_TIME
                .format(instant.atOffset(ZoneOffset.UTC))
                .replace("+0000", "GMT");
    }
}
