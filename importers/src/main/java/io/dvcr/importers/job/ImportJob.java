package io.dvcr.importers.job;

import io.dvcr.importers.image.ImageDetails;
import java.time.Instant;
import java.util.Optional;

/**
 * An import as it is at one moment.
 *
 * @param failure present if the phase is Failed
 * @param image present if the phase is Succeeded
 */
public record ImportJob(
        String id,
        ImportRequest request,
        Instant created,
        ImportPhase phase,
        ImportProgress progress,
        Optional<ImportFailure> failure,
        Optional<ImageDetails> image) {

    static ImportJob pending(String id, ImportRequest request, Instant created) {
        return new ImportJob(
                id, request, created, ImportPhase.PENDING, ImportProgress.NONE, Optional.empty(), Optional.empty());
    }

    ImportJob running(ImportProgress now) {
        return new ImportJob(id, request, created, ImportPhase.RUNNING, now, Optional.empty(), Optional.empty());
    }

    ImportJob succeeded(ImageDetails result) {
        return new ImportJob(
                id, request, created, ImportPhase.SUCCEEDED, progress.done(), Optional.empty(), Optional.of(result));
    }

    ImportJob failed(ImportFailure why) {
        return new ImportJob(id, request, created, ImportPhase.FAILED, progress, Optional.of(why), Optional.empty());
    }

    ImportJob cancelled() {
        return new ImportJob(id, request, created, ImportPhase.CANCELLED, progress, Optional.empty(), Optional.empty());
    }
}
