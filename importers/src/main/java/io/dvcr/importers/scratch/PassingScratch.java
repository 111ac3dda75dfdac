package io.dvcr.importers.scratch;

import io.dvcr.converters.DiskSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/** Scratch of which nothing is kept: a file is gone when it is closed. Thread-safe. */
public record PassingScratch(Path directory) implements PassScratch {
    private static final String SUFFIX = ".import";

    /** Makes {@code directory} if need be, and removes from it what was left by passes that were killed. */
    public static PassingScratch prepared(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(SUFFIX)) {
                    Files.delete(file);
                }
            }
        }
        return new PassingScratch(directory);
    }

    @Override
    public SpoolFile spool() throws IOException {
        Path path = directory.resolve(UUID.randomUUID() + SUFFIX);
        return new SpoolFile(path, ArrivingFile.create(path), (_, _) -> {}, () -> Files.deleteIfExists(path));
    }

    @Override
    public DiskSink passing(DiskSink sink) {
        return sink;
    }

    @Override
    public void close() {}
}
