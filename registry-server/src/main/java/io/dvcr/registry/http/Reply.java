package io.dvcr.registry.http;

import io.dvcr.storage.object.ByteRange;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer: no server is needed to make or to read one. */
public record Reply(int status, Map<String, String> headers, Body body) {

    public Reply {
        headers = Map.copyOf(headers);
    }

    /** What follows the head. */
    public sealed interface Body extends Closeable {
        /** The length of what ends when there is no more to say. */
        long UNKNOWN = -1;

        /** In bytes, or {@link #UNKNOWN}. */
        long length();

        /** Lets go of what it is read from. Whoever sends the body closes it, sent or not. */
        @Override
        default void close() throws IOException {}

        /** Nothing, or for a HEAD request nothing of {@code length} bytes. */
        record None(long length) implements Body {}

        /** A few bytes from memory. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Bytes(byte[] content) implements Body {
            @Override
            public long length() {
                return content.length;
            }
        }

        /** A stretch of an open file, which leaves by {@code sendfile(2)}; removing the file does not cut it off. */
        record FilePart(FileChannel file, ByteRange range) implements Body {
            @Override
            public long length() {
                return range.length();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        }

        /** Exactly {@code length} bytes that {@code writer} writes when the client is ready for them. */
        record Stream(long length, Writer writer) implements Body {}

        /**
         * What {@code writer} writes, when there is something and for as long as there will be. What it flushes leaves at once.
         *
         * @param end what is to be done when nothing more is sent
         */
        record Live(Writer writer, Runnable end) implements Body {
            @Override
            public long length() {
                return UNKNOWN;
            }

            @Override
            public void close() {
                end.run();
            }
        }
    }

    /** Writes a body; blocks while the client is slower. */
    @FunctionalInterface
    public interface Writer {
        void writeTo(OutputStream target) throws IOException;
    }

    /** A reply without a body. */
    public static Reply of(int status) {
        return new Reply(status, Map.of(), new Body.None(0));
    }

    public static Reply of(int status, Body body) {
        return new Reply(status, Map.of(), body);
    }

    /** To a client that has this version of the content already: RFC 9110, section 15.4.5. */
    public static Reply notModified(EntityTag tag) {
        return of(304).with("ETag", tag);
    }

    public static Reply text(int status, String text) {
        return of(status, new Body.Bytes(text.getBytes(StandardCharsets.UTF_8)))
                .with("Content-Type", "text/plain; charset=utf-8");
    }

    /** This reply with one header more. */
    public Reply with(String name, Object value) {
        Map<String, String> extended = new LinkedHashMap<>(headers);
        extended.put(name, value.toString());
        return new Reply(status, extended, body);
    }
}
