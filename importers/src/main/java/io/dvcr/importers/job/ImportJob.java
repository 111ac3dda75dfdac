package io.dvcr.importers.job;

import io.dvcr.importers.image.ImageDetails;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An import as it is at one moment.
 *
 * @param requestedBy the account that asked for it; empty if nobody was asked who they are
 * @param queuePosition how many will begin before it, and one; only while the phase is Pending, and not when it is stored
 * @param failure present if the phase is Failed
 * @param image present if the phase is Succeeded
 */
public record ImportJob(
        String id,
        ImportRequest request,
        Instant created,
        Optional<String> requestedBy,
        ImportPhase phase,
        OptionalInt queuePosition,
        ImportProgress progress,
        Optional<ImportFailure> failure,
        Optional<ImageDetails> image) {

    static ImportJob pending(String id, ImportRequest request, Instant created, Optional<String> requestedBy) {
        return new ImportJob(
                id,
                request,
                created,
                requestedBy,
                ImportPhase.PENDING,
                OptionalInt.empty(),
                ImportProgress.NONE,
                Optional.empty(),
                Optional.empty());
    }

    /** As it waits, from now on at {@code position}. */
    ImportJob at(int position) {
        return with(ImportPhase.PENDING, OptionalInt.of(position), progress);
    }

    /** As it waits for its turn once more, since a run of it was cut off. */
    ImportJob pendingAgain() {
        return with(ImportPhase.PENDING, OptionalInt.empty(), progress.toBeginAgain());
    }

    ImportJob running(ImportProgress now) {
        return with(ImportPhase.RUNNING, OptionalInt.empty(), now);
    }

    ImportJob succeeded(ImageDetails result) {
        return ended(ImportPhase.SUCCEEDED, progress.done(), Optional.empty(), Optional.of(result));
    }

    ImportJob failed(ImportFailure why) {
        return ended(ImportPhase.FAILED, progress.resting(), Optional.of(why), Optional.empty());
    }

    ImportJob cancelled() {
        return ended(ImportPhase.CANCELLED, progress.resting(), Optional.empty(), Optional.empty());
    }

    private ImportJob with(ImportPhase now, OptionalInt position, ImportProgress reached) {
        return new ImportJob(
                id, request, created, requestedBy, now, position, reached, Optional.empty(), Optional.empty());
    }

    private ImportJob ended(
            ImportPhase now, ImportProgress reached, Optional<ImportFailure> why, Optional<ImageDetails> result) {
        return new ImportJob(id, request, created, requestedBy, now, OptionalInt.empty(), reached, why, result);
    }
}
