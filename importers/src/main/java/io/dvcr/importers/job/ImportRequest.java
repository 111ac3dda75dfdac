package io.dvcr.importers.job;

import io.dvcr.importers.source.HttpSource;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;

/** What an import is to do: make {@code repository:tag} the image at {@code source}. */
public record ImportRequest(RepositoryName repository, Tag tag, HttpSource source) {}
