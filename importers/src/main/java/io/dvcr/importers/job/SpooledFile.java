package io.dvcr.importers.job;

import io.dvcr.converters.format.FileContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A copy in a directory for scratch, which is gone when this is closed. */
record SpooledFile(ScratchFile scratch, ArrivingFile file) implements HeldFile {

    static SpooledFile create(Path directory) throws IOException {
        ScratchFile scratch = new ScratchFile(directory);
        return new SpooledFile(scratch, ArrivingFile.create(scratch.path()));
    }

    @Override
    public FileContent content() {
        return file;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        file.append(bytes);
    }

    @Override
    public void end() {
        file.end();
    }

    @Override
    public FileChannel channel() {
        return file.channel();
    }

    @Override
    public void close() throws IOException {
        try (scratch) {
            file.close();
        }
    }
}
