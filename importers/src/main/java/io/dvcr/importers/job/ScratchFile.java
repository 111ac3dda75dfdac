package io.dvcr.importers.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/** A file for as long as one import needs it. Closing deletes it. */
final class ScratchFile implements AutoCloseable {
    private static final String SUFFIX = ".import";

    private final Path path;

    ScratchFile(Path directory) {
        this.path = directory.resolve(UUID.randomUUID() + SUFFIX);
    }

    /** Makes {@code directory} if need be, and removes from it what imports that were killed left behind. */
    static void prepare(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(SUFFIX)) {
                    Files.delete(file);
                }
            }
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
