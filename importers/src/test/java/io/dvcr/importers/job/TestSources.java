package io.dvcr.importers.job;

import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.importers.source.OpenedImage;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.importers.source.SourceOpeners;
import io.dvcr.storage.RepositoryName;

/** Sources for tests that care for one kind. */
final class TestSources {
    private TestSources() {}

    /** URLs, and nothing else. */
    static SourceOpener<ImportSource> over(HttpDownloader downloader) {
        return new SourceOpeners(downloader, TestSources::none, TestSources::none, TestSources::none);
    }

    private static <S extends ImportSource> OpenedImage none(S source, RepositoryName target) {
        throw new AssertionError("not expected for " + target + ": " + source);
    }
}
