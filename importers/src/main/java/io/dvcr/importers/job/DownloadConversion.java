package io.dvcr.importers.job;

import io.dvcr.storage.Tag;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A conversion of an image to a format for download, as it is at one moment.
 *
 * @param tag that the image was named by when the conversion was asked for, if it was by one
 * @param requestedBy the account that asked for it; empty if nobody was asked who they are
 * @param percent 100 only once the file is there
 * @param sizeBytes of the file; present if the phase is Succeeded
 * @param failure present if the phase is Failed
 */
public record DownloadConversion(
        ConversionKey key,
        Optional<Tag> tag,
        Instant created,
        Optional<String> requestedBy,
        ImportPhase phase,
        int percent,
        OptionalLong sizeBytes,
        Optional<ImportFailure> failure) {

    DownloadConversion running(int reached) {
        return with(ImportPhase.RUNNING, reached, OptionalLong.empty(), Optional.empty());
    }

    DownloadConversion succeeded(long bytes) {
        return with(ImportPhase.SUCCEEDED, 100, OptionalLong.of(bytes), Optional.empty());
    }

    DownloadConversion failed(ImportFailure why) {
        return with(ImportPhase.FAILED, percent, OptionalLong.empty(), Optional.of(why));
    }

    DownloadConversion cancelled() {
        return with(ImportPhase.CANCELLED, percent, OptionalLong.empty(), Optional.empty());
    }

    /** As it was before anybody worked on it. */
    DownloadConversion pending() {
        return with(ImportPhase.PENDING, 0, OptionalLong.empty(), Optional.empty());
    }

    private DownloadConversion with(ImportPhase now, int reached, OptionalLong bytes, Optional<ImportFailure> why) {
        return new DownloadConversion(key, tag, created, requestedBy, now, reached, bytes, why);
    }
}
