package io.dvcr.storage.content;

import java.util.Optional;

/**
 * What is stored of a scrub, so that it goes on after a restart.
 *
 * @param stage which part is under way
 * @param after what was last dealt with in that part: the key of a blob, or the name of a repository
 */
record ScrubState(ScrubReport report, Stage stage, Optional<String> after) {

    /** First every blob is read, then every manifest is looked at. */
    enum Stage {
        BLOBS,
        MANIFESTS
    }

    static ScrubState begun(ScrubReport report) {
        return new ScrubState(report, Stage.BLOBS, Optional.empty());
    }

    ScrubState with(ScrubReport newer) {
        return new ScrubState(newer, stage, after);
    }

    ScrubState behind(String done) {
        return new ScrubState(report, stage, Optional.of(done));
    }

    ScrubState at(Stage next) {
        return new ScrubState(report, next, Optional.empty());
    }
}
