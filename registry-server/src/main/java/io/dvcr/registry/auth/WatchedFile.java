package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a small file says, read again when it changes: once a second it is looked at by whoever asks. A file that is
 * damaged or missing is logged, and what it said before goes on counting. Thread-safe.
 */
final class WatchedFile<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);
    private static final int MAX_BYTES = 4 << 20;
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Path file;
    private final Function<String, T> parser;
    private final LongSupplier nanoTime;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile long nextLook;
    private volatile T value;
    private Version seen;

    /**
     * @param parser throws {@link IllegalArgumentException}, whose message says what is wrong and shows no secret
     * @throws IOException if the file cannot be read or is damaged
     */
    WatchedFile(Path file, Function<String, T> parser, LongSupplier nanoTime) throws IOException {
        this.file = file;
        this.parser = parser;
        this.nanoTime = nanoTime;
        this.seen = version();
        this.value = read();
        this.nextLook = nanoTime.getAsLong() + INTERVAL_NANOS;
    }

    T get() {
        if (nanoTime.getAsLong() - nextLook >= 0 && looking.tryLock()) {
            try {
                look();
            } finally {
                nextLook = nanoTime.getAsLong() + INTERVAL_NANOS;
                looking.unlock();
            }
        }
        return value;
    }

    private void look() {
        try {
            Version now = version();
            if (!now.equals(seen)) {
                seen = now;
                value = read();
                LOG.atInfo().addKeyValue("file", file).log("read again");
            }
        } catch (IOException e) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("cannot be used; what it said before goes on counting");
        }
    }

    private T read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
            }
            return parser.apply(new String(bytes, UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private Version version() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(
                    attributes.lastModifiedTime().toString(),
                    attributes.size(),
                    Objects.toString(attributes.fileKey(), ""));
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        }
    }

    /** Changes whenever the file is written in place or replaced. */
    private record Version(String modified, long size, String inode) {}
}
