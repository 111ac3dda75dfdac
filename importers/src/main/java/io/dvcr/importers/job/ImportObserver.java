package io.dvcr.importers.job;

import java.io.IOException;
import java.util.List;

/** Is told of every import as it begins to run and as it stops to. Both calls come on one thread. Thread-safe. */
@FunctionalInterface
public interface ImportObserver {

    /** Looks at nothing. */
    ImportObserver NONE = _ -> _ -> {};

    /** Somebody works on {@code job} now. */
    Ending begin(ImportJob job);

    /** Waits for the end of one run. */
    @FunctionalInterface
    interface Ending {

        /**
         * Called before the job's end is stored, exactly once.
         *
         * @param job as it ended; its phase is Running if the server's end cut it off, and it is to run again
         * @throws IOException if the observer could not store what it must; then the job is to run again
         */
        void end(ImportJob job) throws IOException;
    }

    /** All of {@code observers}: what begins first ends last. */
    static ImportObserver all(List<ImportObserver> observers) {
        return observers.stream().reduce(NONE, (outer, inner) -> job -> {
            Ending outerEnding = outer.begin(job);
            Ending innerEnding = inner.begin(job);
            return ended -> {
                try {
                    innerEnding.end(ended);
                } finally {
                    outerEnding.end(ended);
                }
            };
        });
    }
}
