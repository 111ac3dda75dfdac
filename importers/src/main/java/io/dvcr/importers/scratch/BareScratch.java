package io.dvcr.importers.scratch;

import io.dvcr.converters.DiskSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The scratch of an import that will begin again if it is cut off. Used by one thread. */
record BareScratch(KeptFiles files) implements PassScratch {

    @Override
    public SpoolFile spool() throws IOException {
        Path path = files.file(KeptImport.SPOOL);
        Files.deleteIfExists(path);
        return new SpoolFile(path, ArrivingFile.create(path), (_, _) -> {}, files::clear);
    }

    @Override
    public DiskSink passing(DiskSink sink) {
        return sink;
    }

    @Override
    public void close() {}
}
