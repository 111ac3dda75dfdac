package io.dvcr.storage.policy;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.Tag;
import io.dvcr.storage.TagPattern;

/** Tags that name for ever what they were first given to: they can be neither moved nor deleted. */
public record ImmutabilityRule(RepositoryPattern repositories, TagPattern tags) {

    boolean covers(RepositoryName repository, Tag tag) {
        return repositories.matches(repository) && tags.matches(tag);
    }
}
