package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.util.List;
import java.util.Optional;

/**
 * What retention removed, or would remove.
 *
 * @param removed the first {@link #MAX_LISTED}
 * @param tags how many tags in all
 * @param manifests how many manifests in all
 * @param incomplete the repositories of which not all was removed that should be: they were pushed to without pause, or
 *     could not be read. The next run goes on with them.
 */
public record RetentionReport(List<Removed> removed, long tags, long manifests, List<RepositoryName> incomplete) {
    /** So that the report stays of a size that can be kept in memory and read. */
    public static final int MAX_LISTED = 10_000;

    public RetentionReport {
        removed = List.copyOf(removed);
        incomplete = List.copyOf(incomplete);
    }

    /**
     * One tag or manifest.
     *
     * @param tag empty for a manifest
     * @param manifest itself, or what the tag named
     * @param reason for people to read
     */
    public record Removed(RepositoryName repository, Optional<Tag> tag, Digest manifest, String reason) {}
}
