package io.dvcr.storage.policy;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.Tag;
import io.dvcr.storage.TagPattern;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which tags of a repository are kept: those that at least one of the three {@code keep…} says. The others are removed.
 *
 * @param tags which tags the rule is about; of several rules each tag follows the first that is about it
 * @param keepNewest how many, by the time of their last push, not counting those that {@code keepTags} or immutability
 *     keeps
 * @param keepYounger those that were pushed less long ago than this
 * @param keepTags always
 * @param untaggedAfter how long after its push a manifest is removed that no tag and no other manifest leads to; never,
 *     if empty
 */
public record RetentionRule(
        RepositoryPattern repositories,
        TagPattern tags,
        OptionalInt keepNewest,
        Optional<Duration> keepYounger,
        List<TagPattern> keepTags,
        Optional<Duration> untaggedAfter) {

    /** @throws IllegalArgumentException if a number or time is not positive, or the rule would keep nothing or do nothing */
    public RetentionRule {
        keepTags = List.copyOf(keepTags);
        if (keepNewest.isPresent() && keepNewest.getAsInt() < 1) {
            throw new IllegalArgumentException("keepNewest must be 1 or more, not " + keepNewest.getAsInt());
        }
        requirePositive("keepYounger", keepYounger);
        requirePositive("untaggedAfter", untaggedAfter);
        if (keepNewest.isEmpty() && keepYounger.isEmpty() && (!keepTags.isEmpty() || untaggedAfter.isEmpty())) {
            throw new IllegalArgumentException("a retention rule needs keepNewest, keepYounger or untaggedAfter;"
                    + " without the first two it leaves tags alone, and takes no keepTags");
        }
    }

    private static void requirePositive(String name, Optional<Duration> time) {
        if (time.isPresent() && !time.get().isPositive()) {
            throw new IllegalArgumentException(name + " must be longer than 0, not " + time.get());
        }
    }

    /** Whether tags that it is about may be removed by it. */
    boolean removesTags() {
        return keepNewest.isPresent() || keepYounger.isPresent();
    }

    boolean covers(RepositoryName repository, Tag tag) {
        return repositories.matches(repository) && tags.matches(tag);
    }

    boolean keepsAlways(Tag tag) {
        return !removesTags() || keepTags.stream().anyMatch(pattern -> pattern.matches(tag));
    }

    /** As people say it: {@code 30 days}; in ISO 8601 if it is not a number of days. */
    static String spoken(Duration time) {
        return time.equals(Duration.ofDays(time.toDays())) ? time.toDays() + " days" : time.toString();
    }
}
