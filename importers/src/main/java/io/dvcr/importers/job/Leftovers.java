package io.dvcr.importers.job;

import io.dvcr.importers.scratch.ImportScratch;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;

/** What a crash between the end of a job and its cleaning up has left. */
final class Leftovers {
    private Leftovers() {}

    /** Removes what is kept of jobs that have ended, or of which nothing is known. */
    static void remove(ImportScratch scratch, ImportRecords records) throws IOException {
        Set<UUID> kept = scratch.jobs(); // before the records: a job is stored before anything is kept of it
        for (UUID id : kept) {
            if (!isUnfinished(id, records)) {
                scratch.of(id).forget();
            }
        }
    }

    private static boolean isUnfinished(UUID id, ImportRecords records) throws IOException {
        try {
            return records.find(id.toString())
                    .filter(job -> !job.phase().ended())
                    .isPresent();
        } catch (DamagedJobException e) {
            return false; // and will never be run again
        }
    }
}
