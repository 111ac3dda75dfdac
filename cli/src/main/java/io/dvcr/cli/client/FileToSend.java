package io.dvcr.cli.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.OptionalLong;

/** What an upload sends, from wherever it goes on. Not thread-safe. */
public sealed interface FileToSend {

    /** How many bytes there are; empty while that is not known. */
    OptionalLong size() throws IOException;

    /**
     * What comes next, of an upload that has {@code offset} bytes. What was given before is not there for ever: an
     * offset never lies before the last one.
     */
    Part from(long offset) throws IOException;

    /** A piece of what is sent. */
    interface Part {
        long length();

        InputStream open() throws IOException;
    }

    /** A file, which goes as one part. */
    record Stored(Path file, long bytes) implements FileToSend {
        @Override
        public OptionalLong size() {
            return OptionalLong.of(bytes);
        }

        @Override
        public Part from(long offset) {
            return new Part() {
                @Override
                public long length() {
                    return bytes - offset;
                }

                @Override
                public InputStream open() throws IOException {
                    return Channels.newInputStream(
                            FileChannel.open(file, StandardOpenOption.READ).position(offset));
                }
            };
        }
    }

    /** A stream that can be read once, such as standard input: what the server may not have yet is kept in memory. */
    final class Piped implements FileToSend {
        private static final int PART_BYTES = 8 << 20;

        private final InputStream in;
        private byte[] kept = new byte[0];
        private long start;
        private boolean ended;

        public Piped(InputStream in) {
            this.in = in;
        }

        @Override
        public OptionalLong size() {
            return ended ? OptionalLong.of(start + kept.length) : OptionalLong.empty();
        }

        @Override
        public Part from(long offset) throws IOException {
            if (offset < start || offset > start + kept.length) {
                throw new IOException(
                        "the server has " + offset + " bytes, but what comes next of the input begins at " + start);
            }
            if (offset == start + kept.length && !ended) {
                start = offset;
                kept = in.readNBytes(PART_BYTES);
                ended = kept.length < PART_BYTES;
            }
            byte[] part = Arrays.copyOfRange(kept, (int) (offset - start), kept.length);
            return new Part() {
                @Override
                public long length() {
                    return part.length;
                }

                @Override
                public InputStream open() {
                    return new ByteArrayInputStream(part);
                }
            };
        }
    }
}
