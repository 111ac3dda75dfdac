package io.dvcr.converters.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory of mode 0700 for one socket, with a path short enough for one: {@code sockaddr_un} holds 108 bytes.
 * Closing removes both.
 */
public final class SocketDirectory implements Closeable {
    private static final int MAX_PARENT_BYTES = 60;

    private final Path directory;

    private SocketDirectory(Path directory) {
        this.directory = directory;
    }

    /** A new one, below the JVM's directory for temporary files or, where that has a long path, below {@code /tmp}. */
    public static SocketDirectory create() throws IOException {
        String configured = System.getProperty("java.io.tmpdir", "/tmp");
        boolean fits = configured.getBytes(StandardCharsets.UTF_8).length <= MAX_PARENT_BYTES;
        return new SocketDirectory(Files.createTempDirectory(Path.of(fits ? configured : "/tmp"), "dvcr"));
    }

    public Path directory() {
        return directory;
    }

    /** Where the socket goes; it is not there yet. */
    public Path socket() {
        return directory.resolve("nbd");
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(socket());
        Files.deleteIfExists(directory);
    }
}
