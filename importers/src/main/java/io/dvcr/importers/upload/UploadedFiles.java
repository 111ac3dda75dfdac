package io.dvcr.importers.upload;

import io.dvcr.importers.source.OpenedSource;
import io.dvcr.importers.source.SourceError.UploadGone;
import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.importers.source.UploadSource;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.IncomingFiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Reads what clients have sent. Thread-safe. */
public record UploadedFiles(IncomingFiles files) implements SourceOpener<UploadSource> {

    @Override
    public OpenedSource open(UploadSource source, RepositoryName target) throws IOException {
        if (files.record(source.id()).isEmpty()) {
            throw new SourceException(new UploadGone());
        }
        OptionalLong length = OptionalLong.of(files.length(source.id()));
        InputStream stream = files.read(source.id());
        try {
            return new OpenedSource(stream, length, source.checksum(), files.openFile(source.id()));
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }
}
